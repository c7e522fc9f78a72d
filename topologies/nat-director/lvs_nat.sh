#!/bin/sh
# The document's lvs_nat.sh: a director that forwards by NAT. Can be run again.
set -eu

echo 1 >/proc/sys/net/ipv4/ip_forward

# The director must not tell the servers of a shorter way: answers have to pass it.
for interface in all default eth0 eth1; do
  echo 0 >/proc/sys/net/ipv4/conf/$interface/send_redirects
done

iptables -t nat -F
iptables -t nat -X
iptables -t nat -A POSTROUTING -s 192.168.11.0/24 -j MASQUERADE

ipvsadm -C
ipvsadm -A -t 192.168.22.11:80 -s wlc
ipvsadm -a -t 192.168.22.11:80 -r 192.168.11.100:80 -m -w 2
ipvsadm -a -t 192.168.22.11:80 -r 192.168.11.101:80 -m -w 1
