#!/bin/sh
# Builds a root file system: build-userland.sh SUITE[+EXTRA] PACKAGES(comma) SIZE OUT.img MANIFEST DEB [MIRROR]
# DEB: a package file that takes the place of the suite's own, or nothing.
# Needs no root: mmdebstrap uses a user namespace where it must, fakeroot keeps the owners.
set -eu
base=${1%%+*} extra=${1#"${1%%+*}"} packages=$2 size=$3 out=$4 manifest=$5 deb=$6 mirror=${7-}
extra=${extra#+}
here=$(cd "$(dirname "$0")" && pwd)
work=$(dirname "$out")/userland
mkdir -p "$work"

set --
[ -z "${LVSLAB_ALLOW_STALE-}" ] || set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"'
[ -z "$extra" ] || set -- "$@" --setup-hook="'$here/add-suite.sh' \"\$1\" '$base' '$extra'"
# In the same place, so that apt fetches what it needs beside it.
[ -z "$deb" ] || set -- "$@" --customize-hook="cp '$deb' \"\$1/var/tmp/own.deb\"" \
  --customize-hook='chroot "$1" apt-get install -y --allow-downgrades /var/tmp/own.deb; rm "$1/var/tmp/own.deb"'

mmdebstrap --variant=minbase --format=tar "$@" \
  --aptopt='Acquire::Retries "2"' --aptopt='Acquire::http::Timeout "20"' --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --include="$packages" --customize-hook="$here"'/customize.sh "$1"' \
  "$base" "$work/root.tar" ${mirror:+"$mirror"}

# The root file system is mounted by the initramfs; an empty fstab keeps systemd from looking for more.
fakeroot -- sh -eu -c '
  mkdir "$1/tree"
  tar -x -f "$1/root.tar" -C "$1/tree" --exclude="./dev/*"
  rm "$1/root.tar"
  : >"$1/tree/etc/fstab"
  cp "$1/tree/var/lib/lvslab/packages" "$3"
  truncate -s "$2" "$4"
  mke2fs -q -F -t ext4 -L lvslab -m 0 -O ^metadata_csum,^64bit -E lazy_itable_init=1 -d "$1/tree" "$4"
' sh "$work" "$size" "$manifest" "$out"
rm -rf "$work"
