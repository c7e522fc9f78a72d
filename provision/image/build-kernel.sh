#!/bin/sh
# Unpacks a kernel package and its modules without installing anything: build-kernel.sh SUITE PACKAGE OUTDIR [MIRROR]
# Leaves OUTDIR/vmlinuz, OUTDIR/modules.sqfs, OUTDIR/tree (for the initramfs), OUTDIR/release and OUTDIR/packages.
set -eu
suite=$1 package=$2 out=$3 mirror=${4-}
PATH=$PATH:/usr/sbin:/sbin

# apt resolves what a kernel's files are spread over, which differs between releases.
mmdebstrap --variant=extract --format=tar --include="$package,busybox-static" \
  --aptopt='Acquire::Retries "2"' --aptopt='Acquire::http::Timeout "20"' --aptopt='APT::Install-Recommends "false"' \
  "$suite" "$out/kernel.tar" ${mirror:+"$mirror"}
mkdir "$out/tree"
tar -x -f "$out/kernel.tar" -C "$out/tree" --no-same-owner --wildcards \
  './boot/vmlinuz-*' './boot/config-*' './*lib/modules/*' './*bin/busybox'
rm "$out/kernel.tar"

modules=$(ls -d "$out"/tree/lib/modules/* "$out"/tree/usr/lib/modules/* 2>/dev/null | head -n 1)
[ -n "$modules" ] || { echo "no modules in $package of $suite" >&2; exit 1; }
release=${modules##*/}
base=${modules%/lib/modules/*}
depmod -b "$base" "$release"
mv "$base/lib/modules" "$out/modules"
mv "$out/tree/boot/vmlinuz-$release" "$out/vmlinuz"
mv "$out/tree/boot/config-$release" "$out/config"
find "$out/tree" -name busybox -type f -exec mv {} "$out/busybox" \;
# Uncompressed: an emulated processor reads it faster than it inflates.
mksquashfs "$out/modules" "$out/modules.sqfs" -all-root -noI -noD -noF -noX -noappend -no-progress -quiet >&2
printf '%s' "$release" >"$out/release"
