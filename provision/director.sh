#!/bin/sh
# A director forwards packets that are not its own, and needs IPVS before ipvsadm can show an empty table.
set -eu
modprobe ip_vs
sysctl -q -w net.ipv4.ip_forward=1
printf 'net.ipv4.ip_forward = 1\n' >/etc/sysctl.d/60-lvslab-director.conf
echo ip_vs >/etc/modules-load.d/lvslab-director.conf
