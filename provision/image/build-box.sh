#!/bin/sh
# Packs a Vagrant box (provider libvirt): build-box.sh SUITE PACKAGES(comma) SIZE OUT.box KERNELDIR [MIRROR]
# KERNELDIR has vmlinuz, initramfs.gz and modules.sqfs, as build-kernel.sh and the harness leave them.
# The box boots its kernel directly, so its disk is the root file system alone: no partitions, no boot loader.
set -eu
suite=$1 packages=$2 size=$3 out=$4 kernel=$5 mirror=${6-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(dirname "$out")/box
mkdir -p "$work/box"

set --
[ -z "${LVSLAB_ALLOW_STALE-}" ] || set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"'
mmdebstrap --variant=minbase --format=tar "$@" \
  --aptopt='Acquire::Retries "2"' --aptopt='Acquire::http::Timeout "20"' --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --include="$packages" --customize-hook="$here"'/customize.sh "$1"' --customize-hook="$here"'/customize-box.sh "$1"' \
  --customize-hook="copy-out /var/lib/lvslab/box-key $work/box" \
  "$suite" "$work/root.tar" ${mirror:+"$mirror"}

fakeroot -- sh -eu -c '
  mkdir "$1/tree"
  tar -x -f "$1/root.tar" -C "$1/tree" --exclude="./dev/*"
  rm "$1/root.tar" "$1/tree/var/lib/lvslab/box-key"
  : >"$1/tree/etc/fstab"
  # The machine has one disk: the modules, which other engines mount from another, are on it.
  rmdir "$1/tree/usr/lib/modules"
  unsquashfs -quiet -no-progress -d "$1/tree/usr/lib/modules" "$2/modules.sqfs" >/dev/null
  truncate -s "$3" "$1/root.img"
  mke2fs -q -F -t ext4 -L lvslab -m 0 -O ^metadata_csum,^64bit -E lazy_itable_init=1 -d "$1/tree" "$1/root.img"
' sh "$work" "$kernel" "$size"

qemu-img convert -f raw -O qcow2 "$work/root.img" "$work/box/box.img"
bytes=$(stat -c %s "$work/root.img")
cp "$kernel/vmlinuz" "$kernel/initramfs.gz" "$work/box"
cp "$here/box.Vagrantfile" "$work/box/Vagrantfile"
printf '{"provider":"libvirt","format":"qcow2","virtual_size":%d}\n' $(((bytes + 1073741823) / 1073741824)) \
  >"$work/box/metadata.json"
tar -c -C "$work/box" . | gzip -1 >"$out"
rm -rf "$work"
