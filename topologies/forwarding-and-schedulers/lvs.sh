#!/bin/sh
# The director: one virtual IP for each forwarding method, web on all three, FTP by NAT. Can be run again.
set -eu

for vip in 192.168.10.100 192.168.10.101 192.168.10.102; do
  ip address replace $vip/32 dev eth0
done
# Every address of 192.168.77.0/24 is the director's own, so that a service by firewall mark can take them all.
ip route replace local 192.168.77.0/24 dev lo

# FTP names addresses and ports in its control connection: the helper rewrites them, with connection tracking's help.
modprobe ip_vs_ftp
sysctl -q -w net.ipv4.vs.conntrack=1

ipvsadm -C
ipvsadm -A -t 192.168.10.100:80 -s rr
ipvsadm -A -t 192.168.10.100:21 -s rr
for server in 10.1.1.11 10.1.1.12 10.1.1.13; do
  ipvsadm -a -t 192.168.10.100:80 -r $server:80 -m
  ipvsadm -a -t 192.168.10.100:21 -r $server:21 -m
done
ipvsadm -A -t 192.168.10.101:80 -s rr
ipvsadm -a -t 192.168.10.101:80 -r 192.168.10.21:80 -g
ipvsadm -a -t 192.168.10.101:80 -r 192.168.10.22:80 -g
ipvsadm -A -t 192.168.10.102:80 -s rr
ipvsadm -a -t 192.168.10.102:80 -r 172.16.5.11:80 -i
ipvsadm -a -t 192.168.10.102:80 -r 172.16.5.12:80 -i
