#!/bin/sh
# Makes of a stock Debian box what the project's own image is: stock-box.sh PACKAGE…. Needs a way out to a Debian mirror.
set -eu
. /etc/lvslab/node.env

missing=
for package; do dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"; done
if [ -n "$missing" ]; then
  # Roles start what they need; nothing is to run because it was installed.
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing
  rm -f /usr/sbin/policy-rc.d
  for unit in keepalived ipvsadm nginx heartbeat vsftpd nfs-server rpcbind; do
    systemctl disable "$unit" 2>/dev/null || :
  done
fi

# The engine opens many channels on one connection.
if [ ! -f /etc/ssh/sshd_config.d/lvslab.conf ]; then
  printf 'MaxSessions 100\nMaxStartups 100\n' >/etc/ssh/sshd_config.d/lvslab.conf
  systemctl reload ssh
fi

# Vagrant's own NIC makes room where it has a name that the topology uses.
for nic in /sys/class/net/*; do
  name=${nic##*/}
  [ "$name" != lo ] || continue
  echo "$LINKS" | grep -qi " $(cat "$nic/address") " && continue
  echo "$LINKS" | grep -q "^[0-9]* $name " || continue
  sed -i "s/\b$name\b/mgmt0/g" /etc/network/interfaces
  printf '#!/bin/sh\nip link show dev mgmt0 >/dev/null 2>&1 || ip link set dev %s down name mgmt0\n' "$name" \
    >/etc/lvslab/management
  sh /etc/lvslab/management
  ip link set dev mgmt0 up
done

# What a node is called and wired to survives its reboot, as in the project's image (provision/image/customize.sh).
cat >/etc/systemd/system/lvslab-node.service <<'UNIT'
[Unit]
Description=Interface names and addresses of this node
DefaultDependencies=no
ConditionPathExists=/etc/lvslab/network
After=systemd-udev-settle.service
Wants=systemd-udev-settle.service network-pre.target
Before=network-pre.target networking.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=-/bin/sh /etc/lvslab/management
ExecStart=/bin/sh /etc/lvslab/network

[Install]
WantedBy=multi-user.target
UNIT
ln -sf ../lvslab-node.service /etc/systemd/system/multi-user.target.wants/lvslab-node.service
