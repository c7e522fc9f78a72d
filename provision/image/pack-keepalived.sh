#!/bin/sh
# Takes one keepalived out of a root file system, with all that it needs to run beside another userland: its libraries,
# their loader, its unit. pack-keepalived.sh ROOT.img OUT.tar.gz
# Nothing is mounted: debugfs(8) reads the image, and the image's own loader says which libraries it would load.
set -eu
image=$1 out=$2
work=$(dirname "$out")/keepalived
libs=lib/x86_64-linux-gnu
mkdir -p "$work/from/usr/lib" "$work/from/lib" "$work/tree"

dump() {
  [ -n "$(debugfs -R "stat $1" "$image" 2>/dev/null)" ] || return 0
  mkdir -p "$work/from$(dirname "$1")"
  debugfs -R "dump -p $1 $work/from$1" "$image" 2>/dev/null
}

# Before bookworm /lib is a folder of its own.
debugfs -R "rdump /usr/$libs $work/from/usr/lib" "$image" 2>/dev/null
debugfs -R "rdump /$libs $work/from/lib" "$image" 2>/dev/null
dump /usr/sbin/keepalived
for unit in /usr/lib/systemd/system/keepalived.service /lib/systemd/system/keepalived.service; do dump "$unit"; done
for file in passwd group nsswitch.conf services protocols ssl/openssl.cnf; do dump "/etc/$file"; done

# What the package puts beside the configuration: 2.3 does not start without its keepalived.config-opts.
mkdir -p "$work/from/etc"
debugfs -R "rdump /etc/keepalived $work/from/etc" "$image" 2>/dev/null

loader=$(find "$work/from/$libs" "$work/from/usr/$libs" -maxdepth 1 -name ld-linux-x86-64.so.2 | head -n 1)
needed=$("$loader" --library-path "$work/from/$libs:$work/from/usr/$libs" --list "$work/from/usr/sbin/keepalived")
if echo "$needed" | grep -q 'not found'; then
  echo "$needed" | grep 'not found' >&2
  exit 1
fi
mkdir -p "$work/tree/usr/sbin" "$work/tree/usr/$libs" "$work/tree/lib64" "$work/tree/etc/keepalived" "$work/tree/var"
for folder in proc sys dev run tmp; do mkdir -p "$work/tree/$folder"; done
ln -s ../run "$work/tree/var/run"
cp "$work/from/usr/sbin/keepalived" "$work/tree/usr/sbin"
echo "$needed" | sed -n 's/.* => \(.*\) (0x.*/\1/p' | while read -r library; do
  cp -L "$library" "$work/tree/usr/$libs/$(basename "$library")"
done
cp -L "$loader" "$work/tree/usr/$libs/ld-linux-x86-64.so.2"
ln -s "../usr/$libs/ld-linux-x86-64.so.2" "$work/tree/lib64/ld-linux-x86-64.so.2"
cp -R "$work/from/etc/." "$work/tree/etc"
find "$work/from" -name keepalived.service -exec cp {} "$work/tree/keepalived.service" \;
tar -c --owner=0 --group=0 --numeric-owner -C "$work/tree" . | gzip -6 >"$out"
rm -rf "$work"
