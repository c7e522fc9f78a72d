#!/bin/sh
# Turns a machine into a node of a topology. node.sh setup: names, addresses, files, roles; node.sh start: its mounts, services and scripts.
# Everything comes from /etc/lvslab/node.env, which the harness (or the Vagrantfile) writes from topology.yaml.
# Each step can be run again without harm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. /etc/lvslab/node.env

case ${1:?setup or start} in
  setup)
    sh "$here/network.sh"
    for role in $ROLES; do
      [ ! -f "$here/$role.sh" ] || sh "$here/$role.sh"
    done
    for service in $SERVICES; do
      # What "systemctl enable" does, without the second that reloading takes an emulated processor.
      unit=/lib/systemd/system/$service.service
      [ ! -f "$unit" ] || ln -sf "$unit" "/etc/systemd/system/multi-user.target.wants/$service.service"
    done
    ;;
  start)
    echo "$MOUNTS" | while read -r from at options; do
      [ -n "$from" ] || continue
      mkdir -p "$at"
      mountpoint -q "$at" || mount -t nfs ${options:+-o "$options"} "$from" "$at"
    done
    [ -z "$SERVICES" ] || systemctl start $SERVICES
    for script in $SCRIPTS; do
      "$script"
    done
    ;;
esac
