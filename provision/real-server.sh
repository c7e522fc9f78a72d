#!/bin/sh
# A real server of direct routing carries the VIP on lo, for the running system only: a reboot loses it, as the documents
# say. provision/loopback-permanent.sh is their cure.
set -eu
. /etc/lvslab/node.env
for address in $LOOPBACK; do
  ip address replace "$address" dev lo
done
