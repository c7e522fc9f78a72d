#!/bin/sh
# The document's /etc/lvs.conf, with iptables in place of ipchains: answers of the servers leave under the director's
# address. Can be run again.
set -eu
iptables -t nat -C POSTROUTING -p tcp -s 10.10.10.0/24 --sport 80 -j MASQUERADE 2>/dev/null ||
  iptables -t nat -A POSTROUTING -p tcp -s 10.10.10.0/24 --sport 80 -j MASQUERADE
