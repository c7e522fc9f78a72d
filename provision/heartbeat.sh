#!/bin/sh
# A node of a heartbeat pair (Linux-HA, haresources mode). heartbeat alone starts keepalived, so systemd must not; its
# resource script is the document's: found by name in /etc/ha.d/resource.d.
set -eu
rm -f /etc/systemd/system/multi-user.target.wants/keepalived.service
[ ! -f /etc/ha.d/authkeys ] || chmod 600 /etc/ha.d/authkeys
[ -e /etc/ha.d/resource.d/keepalived ] || ln -s /etc/init.d/keepalived /etc/ha.d/resource.d/keepalived
