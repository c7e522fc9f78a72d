#!/bin/sh
# The director: one virtual IP for each forwarding method, all to the same servers. Can be run again.
set -eu

for vip in 192.168.10.100 192.168.10.101 192.168.10.102; do
  ip address replace $vip/32 dev eth0
done
# All in the same network: the kernel would tell the client of the shorter way.
sysctl -q -w net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0

# A closed connection's entry stays for 2 s in place of two minutes: rounds must not burden those that follow them. What a
# full table costs is measured by itself.
ipvsadm --set 900 2 300

ipvsadm -C
for vip in 192.168.10.100 192.168.10.101 192.168.10.102; do
  ipvsadm -A -t $vip:80 -s rr
done
for number in 11 12; do
  ipvsadm -a -t 192.168.10.100:80 -r 10.1.1.$number:80 -m
  ipvsadm -a -t 192.168.10.101:80 -r 192.168.10.$number:80 -g
  ipvsadm -a -t 192.168.10.102:80 -r 192.168.10.$number:80 -i
done
