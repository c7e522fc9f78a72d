#!/bin/sh
# Host name, interfaces with the document's names and addresses, sysctls. Leaves /etc/lvslab/network, which does the same
# at every boot; what only the running system gets (the VIP on lo) is left out of it on purpose, as in the documents.
set -eu
. /etc/lvslab/node.env

echo "$NODE" >/etc/hostname
printf '127.0.0.1 localhost\n%s\n' "$HOSTS" >/etc/hosts
[ -s /etc/machine-id ] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id

{
  printf '#!/bin/sh\n# Written by provision/network.sh.\n'
  echo "hostname '$NODE'"
  # First all away from the names that others want, then each to its own.
  if [ "$RENAME" = by-mac ]; then
    echo 'by_mac() { for nic in /sys/class/net/*; do [ "$(cat "$nic/address")" != "$1" ] || echo "${nic##*/}"; done; }'
  fi
  echo "$LINKS" | while read -r index name mac address; do
    [ -n "$index" ] || continue
    case $RENAME in
      by-order)
        echo "ip link show dev lvs$index >/dev/null 2>&1 || ip link show dev '$name' 2>/dev/null | grep -qi '$mac' || ip link set dev 'eth$index' down name lvs$index"
        ;;
      by-mac)
        echo "now=\$(by_mac '$mac'); [ \"\$now\" = '$name' ] || ip link set dev \"\$now\" down name lvs$index"
        ;;
    esac
  done
  echo "$LINKS" | while read -r index name mac address; do
    [ -n "$index" ] || continue
    echo "ip link set dev lvs$index address '$mac' name '$name' 2>/dev/null || :"
  done
  echo "ip -force -batch - 2>/dev/null <<'BATCH' || :"
  echo "link set lo up"
  echo "$LINKS" | while read -r index name mac address; do
    [ -n "$index" ] || continue
    echo "link set dev $name up"
    echo "address replace $address broadcast + dev $name"
  done
  echo "$ALIASES" | while read -r name address; do
    [ -z "$name" ] || echo "address replace $address broadcast + dev $name"
  done
  [ -z "$GATEWAY" ] || echo "route replace default via $GATEWAY"
  echo "$ROUTES" | while read -r to via; do
    [ -z "$to" ] || echo "route replace $to via $via"
  done
  echo BATCH
  # No router, no IPv6 chatter on networks of which every frame is evidence.
  echo "sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 $SYSCTLS || :"
} >/etc/lvslab/network
sh /etc/lvslab/network
