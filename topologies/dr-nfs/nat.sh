#!/bin/sh
# The document's nat.sh (which sets up direct routing, whatever its name says): a director without keepalived.
ifconfig ens33:0 192.168.100.200 broadcast 192.168.100.200 netmask 255.255.255.255 up
ipvsadm -C
ipvsadm -A -t 192.168.100.200:80 -s rr
ipvsadm -a -t 192.168.100.200:80 -r 192.168.100.12:80 -g
ipvsadm -a -t 192.168.100.200:80 -r 192.168.100.13:80 -g
ipvsadm -Ln
