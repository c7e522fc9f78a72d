#!/bin/sh
# A director forwards packets that are not its own, and needs IPVS before ipvsadm can show an empty table.
set -eu
modprobe ip_vs
sysctl -q -w net.ipv4.ip_forward=1
printf 'net.ipv4.ip_forward = 1\n' >/etc/sysctl.d/60-lvslab-director.conf
echo ip_vs >/etc/modules-load.d/lvslab-director.conf

# What keepalived objects to is known before it runs: the daemon itself would go on without what it did not understand.
# 65 is EX_DATAERR of sysexits.h.
conf=/etc/keepalived/keepalived.conf
if [ -f "$conf" ] && ! said=$(keepalived --config-test --use-file "$conf" 2>&1); then
  echo "$said" | awk '!told[$0]++' >&2
  exit 65
fi
