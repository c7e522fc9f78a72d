#!/bin/sh
# The document's first lvs_dr.sh: a director that forwards by direct routing, rr 1:1.
echo 1 >/proc/sys/net/ipv4/ip_forward
vip=192.168.11.110
rs1=192.168.11.100
rs2=192.168.11.101
ifconfig eth1:0 $vip broadcast $vip netmask 255.255.255.255 up
route add -host $vip dev eth1:0
ipvsadm -C
ipvsadm -A -t $vip:80 -s rr
ipvsadm -a -t $vip:80 -r $rs1:80 -g -w 1
ipvsadm -a -t $vip:80 -r $rs2:80 -g -w 1
