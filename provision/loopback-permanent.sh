#!/bin/sh
# Makes the VIP on lo survive a reboot: Debian's form of the documents' ifcfg-lo:0.
set -eu
. /etc/lvslab/node.env
mkdir -p /etc/network/interfaces.d
number=0
for address in $LOOPBACK; do
  printf 'auto lo:%s\niface lo:%s inet static\n  address %s\n' "$number" "$number" "$address"
  number=$((number + 1))
done >/etc/network/interfaces.d/lo-vip
