#!/bin/sh
# What a suite offers, from its index alone: list-suite.sh SUITE[+EXTRA] OUT [MIRROR]
# Leaves in OUT lines of "package version suite": every keepalived and every cloud kernel.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
base=${1%%+*} extra=${1#"${1%%+*}"} out=$2 mirror=${3-}
extra=${extra#+}

set -- --variant=custom --format=null \
  --aptopt='Acquire::Retries "2"' --aptopt='Acquire::http::Timeout "20"'
[ -z "${LVSLAB_ALLOW_STALE-}" ] || set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"'
[ -z "$extra" ] || set -- "$@" --setup-hook="'$here/add-suite.sh' \"\$1\" '$base' '$extra'"
OUT=$out mmdebstrap "$@" --customize-hook='
  export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
  kernels=$(apt-cache pkgnames linux-image- | grep -E "^linux-image-([0-9].*-)?cloud-amd64(-unsigned)?$")
  apt-cache madison keepalived $kernels >"$OUT.madison"
' "$base" /dev/null ${mirror:+"$mirror"}
# "package | version | URL suite/component architecture Packages"; where it comes from is nobody's business.
sed -nE 's/^ *([^ ]+) +\| +([^ ]+) +\| +[^ ]+ ([^ /]+)\/.* Packages$/\1 \2 \3/p' "$out.madison" >"$out"
rm "$out.madison"
[ -s "$out" ] || { echo "$base offers neither keepalived nor a kernel" >&2; exit 1; }
