#!/bin/sh
# A router forwards packets between its networks, and does nothing else.
set -eu
sysctl -q -w net.ipv4.ip_forward=1
printf 'net.ipv4.ip_forward = 1\n' >/etc/sysctl.d/60-lvslab-router.conf
