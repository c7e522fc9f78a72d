#!/bin/sh
# What NAT's answers need: from the inside address they go by way of the director. And a file to download. Can be run again.
set -eu

inside=$(ip -o -4 address show dev eth1 | sed 's/.* inet \([0-9.]*\).*/\1/')
ip rule show | grep -q "from $inside " || ip rule add from "$inside" table 100
ip route replace 10.1.1.0/24 dev eth1 src "$inside" table 100
ip route replace default via 10.1.1.1 table 100
head -c 16777216 /dev/zero >/var/www/html/large
