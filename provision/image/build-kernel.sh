#!/bin/sh
# Unpacks a kernel and its modules without installing anything: build-kernel.sh SUITE[+EXTRA] WHAT OUTDIR [MIRROR]
# WHAT: a package, "deb:FILE[,FILE...]", or "files:VMLINUZ,MODULES" (a folder with one folder named for the release).
# Leaves OUTDIR/vmlinuz, OUTDIR/modules.sqfs, OUTDIR/modules and OUTDIR/busybox (for the initramfs) and OUTDIR/release.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
base=${1%%+*} extra=${1#"${1%%+*}"} what=$2 out=$3 mirror=${4-}
extra=${extra#+}
PATH=$PATH:/usr/sbin:/sbin

package=
case $what in deb:* | files:*) ;; *) package=$what, ;; esac
set -- --variant=extract --format=tar --include="${package}busybox-static" \
  --aptopt='Acquire::Retries "2"' --aptopt='Acquire::http::Timeout "20"' --aptopt='APT::Install-Recommends "false"'
[ -z "${LVSLAB_ALLOW_STALE-}" ] || set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"'
[ -z "$extra" ] || set -- "$@" --setup-hook="'$here/add-suite.sh' \"\$1\" '$base' '$extra'"
# apt resolves what a kernel's files are spread over, which differs between releases.
mmdebstrap "$@" "$base" "$out/kernel.tar" ${mirror:+"$mirror"}
mkdir "$out/tree"
tar -x -f "$out/kernel.tar" -C "$out/tree" --no-same-owner --wildcards './*bin/busybox'
if [ -n "$package" ]; then
  tar -x -f "$out/kernel.tar" -C "$out/tree" --no-same-owner --wildcards './*lib/modules/*'
  # From 7.0 on Debian has it beside the modules.
  tar -x -f "$out/kernel.tar" -C "$out/tree" --no-same-owner --wildcards './boot/vmlinuz-*' 2>/dev/null || :
fi
rm "$out/kernel.tar"

IFS=,
case $what in
  deb:*) for deb in ${what#deb:}; do dpkg-deb -x "$deb" "$out/tree"; done ;;
  files:*)
    # shellcheck disable=SC2086 # a list with commas
    set -- ${what#files:}
    mkdir -p "$out/tree/boot" "$out/tree/lib"
    cp -rL "$2" "$out/tree/lib/modules"
    rm -f "$out"/tree/lib/modules/*/build "$out"/tree/lib/modules/*/source
    cp "$1" "$out/tree/boot/vmlinuz-$(ls "$out/tree/lib/modules" | head -n 1)"
    ;;
esac
unset IFS

modules=$(ls -d "$out"/tree/lib/modules/* "$out"/tree/usr/lib/modules/* 2>/dev/null | head -n 1)
[ -n "$modules" ] || { echo "no modules in $what" >&2; exit 1; }
release=${modules##*/}
base=${modules%/lib/modules/*}
for vmlinuz in "$out/tree/boot/vmlinuz-$release" "$modules/vmlinuz"; do [ ! -f "$vmlinuz" ] || break; done
[ -f "$vmlinuz" ] || { echo "no vmlinuz of $release in $what" >&2; exit 1; }
mv "$vmlinuz" "$out/vmlinuz"
# An emulated processor reads faster than it inflates, and the initramfs's insmod inflates nothing.
find "$modules" -name '*.ko.xz' -exec xz -d {} +
find "$modules" -name '*.ko.zst' -exec zstd -q -d --rm {} +
find "$modules" -name '*.ko.gz' -exec gzip -d {} +
depmod -b "$base" "$release"
mv "$base/lib/modules" "$out/modules"
find "$out/tree" -path '*bin/busybox' -type f -exec mv {} "$out/busybox" \;
mksquashfs "$out/modules" "$out/modules.sqfs" -all-root -noI -noD -noF -noX -noappend -no-progress -quiet >&2
printf '%s' "$release" >"$out/release"
