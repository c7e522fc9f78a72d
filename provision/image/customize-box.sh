#!/bin/sh
# What a root file system needs besides customize.sh to be a Vagrant box: ssh, and a NIC for it. customize-box.sh ROOT
set -eu
root=$1

# A key of this box's own, whose private half goes into the box beside the disk. Each handshake costs an emulated
# processor seconds, so the cheapest kinds only; the engine opens many channels on one connection.
rm -f "$root"/etc/ssh/ssh_host_*
chroot "$root" ssh-keygen -q -t ed25519 -N '' -C lvslab -f /etc/ssh/ssh_host_ed25519_key
chroot "$root" ssh-keygen -q -t ed25519 -N '' -C lvslab -f /var/lib/lvslab/box-key
install -d -m 700 "$root/root/.ssh"
install -m 600 "$root/var/lib/lvslab/box-key.pub" "$root/root/.ssh/authorized_keys"
rm "$root/var/lib/lvslab/box-key.pub"
cat >"$root/etc/ssh/sshd_config.d/lvslab.conf" <<'CONF'
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
UseDNS no
PrintMotd no
X11Forwarding no
MaxSessions 100
MaxStartups 100
CONF
chroot "$root" systemctl enable ssh.service >/dev/null 2>&1
# Its unit waits for what is not there (auditd, PAM's nologin), and tests its configuration before each start.
rm -f "$root/usr/lib/tmpfiles.d/systemd-nologin.conf"

# Vagrant's own NIC is the first one. It makes room for the names that the topologies use.
cat >"$root/etc/systemd/system/lvslab-management.service" <<'UNIT'
[Unit]
Description=Name of the NIC that Vagrant reaches this machine by
DefaultDependencies=no
Before=lvslab-node.service networking.service network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'ip link show dev mgmt0 >/dev/null 2>&1 || ip link set dev eth0 down name mgmt0'

[Install]
WantedBy=multi-user.target
UNIT
# Its address. Not by ifupdown, which gives up after three tries: the DHCP server of a busy host answers later than that.
cat >"$root/etc/systemd/system/lvslab-dhcp.service" <<'UNIT'
[Unit]
Description=Address that Vagrant reaches this machine by
DefaultDependencies=no
Requires=lvslab-management.service
After=lvslab-management.service

[Service]
ExecStart=/sbin/udhcpc -f -S -i mgmt0 -T 1 -A 1
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
UNIT
for unit in management dhcp; do
  ln -sf "../lvslab-$unit.service" "$root/etc/systemd/system/multi-user.target.wants/lvslab-$unit.service"
done
# There is no guest agent's port, and the agent would look for it each second.
rm -f "$root/etc/systemd/system/multi-user.target.wants/lvslab-agent.service"
