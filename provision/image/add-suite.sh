#!/bin/sh
# A suite that only adds to another (backports, experimental): add-suite.sh ROOT BASE EXTRA. From the same mirror, whichever.
set -eu
root=$1 base=$2 extra=$3
sed -n "s| $base main| $extra main|p" "$root/etc/apt/sources.list" >"$root/etc/apt/sources.list.d/$extra.list"
[ -s "$root/etc/apt/sources.list.d/$extra.list" ] || { echo "no source of $base to derive $extra from" >&2; exit 1; }
