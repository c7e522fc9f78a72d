#!/bin/sh
# A real server of direct routing carries the VIP on lo, for the running system only: a reboot loses it, as the documents
# say. provision/loopback-permanent.sh is their cure.
set -eu
. /etc/lvslab/node.env
for address in $LOOPBACK; do
  ip address replace "$address" dev lo
done
# One that is reached by IP-in-IP has it where the packets come out of the tunnel. Their sources lie elsewhere than the
# tunnel's routes lead, which the reverse path filter must let pass (ip-sysctl, rp_filter: the higher of "all" and the
# interface's counts).
[ -n "$TUNNEL" ] || exit 0
modprobe ipip
ip link set tunl0 up
for address in $TUNNEL; do
  ip address replace "$address" dev tunl0
done
sysctl -q -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.tunl0.rp_filter=0
