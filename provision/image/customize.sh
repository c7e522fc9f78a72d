#!/bin/sh
# Makes a Debian root file system boot nothing that a cluster's machine does not need. customize.sh ROOT
set -eu
root=$1

chroot "$root" passwd -d root >/dev/null

# Roles start these; a machine without a role must not.
for unit in keepalived.service ipvsadm.service nginx.service qemu-guest-agent.service heartbeat.service vsftpd.service \
  nfs-server.service nfs-blkmap.service nfs-client.target rpcbind.service rpcbind.socket; do
  chroot "$root" systemctl disable "$unit" >/dev/null 2>&1 || true
done

# Masked: what costs seconds of an emulated processor and serves none of the clusters. udev goes because the kernel's own
# device names are used (interfaces are renamed by provision/network.sh), and with it all that waits for it.
while read -r unit; do
  case $unit in '' | '#'*) continue ;; esac
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done <<'UNITS'
apt-daily.timer
apt-daily-upgrade.timer
dpkg-db-backup.timer
e2scrub_all.timer
e2scrub_reap.service
fstrim.timer
systemd-tmpfiles-clean.timer
systemd-timesyncd.service
systemd-networkd.service
systemd-networkd-wait-online.service
systemd-resolved.service
systemd-udevd.service
systemd-udevd-control.socket
systemd-udevd-kernel.socket
systemd-udev-trigger.service
systemd-udev-settle.service
ifupdown-pre.service
systemd-logind.service
systemd-user-sessions.service
dbus.service
dbus.socket
systemd-binfmt.service
systemd-pstore.service
systemd-random-seed.service
systemd-update-utmp.service
systemd-update-utmp-runlevel.service
systemd-machine-id-commit.service
systemd-firstboot.service
systemd-sysusers.service
systemd-journal-flush.service
systemd-journal-catalog-update.service
systemd-update-done.service
systemd-remount-fs.service
systemd-ask-password-wall.path
systemd-ask-password-console.path
ldconfig.service
dev-hugepages.mount
dev-mqueue.mount
sys-kernel-debug.mount
sys-kernel-tracing.mount
sys-kernel-config.mount
sys-fs-fuse-connections.mount
modprobe@configfs.service
modprobe@dm_mod.service
modprobe@drm.service
modprobe@efi_pstore.service
modprobe@fuse.service
modprobe@loop.service
remote-fs.target
getty.target
getty@tty1.service
UNITS

# QEMU's guest agent; Debian's unit waits for a device that only udev would announce.
cat >"$root/etc/systemd/system/lvslab-agent.service" <<'UNIT'
[Unit]
Description=Guest agent of the test harness
DefaultDependencies=no
After=local-fs.target

[Service]
ExecStart=/usr/lib/lvslab/agent
Restart=always
RestartSec=1
OOMScoreAdjust=-1000
# It says of every call that it came, and the harness calls often.
LogLevelMax=warning

[Install]
WantedBy=multi-user.target
UNIT
mkdir -p "$root/usr/lib/modules" "$root/usr/lib/lvslab" "$root/var/lib/lvslab" "$root/etc/systemd/system/multi-user.target.wants"
# Before bookworm /lib is a folder of its own, and modprobe looks there.
[ -L "$root/lib" ] || { rmdir "$root/lib/modules" 2>/dev/null || :; ln -s ../usr/lib/modules "$root/lib/modules"; }
cat >"$root/usr/lib/lvslab/agent" <<'AGENT'
#!/bin/sh
# The port's number depends on the kernel; its name does not. Without a log: it would have every poll of the harness.
for port in /sys/class/virtio-ports/*; do
  [ "$(cat "$port/name")" = org.qemu.guest_agent.0 ] || continue
  exec /usr/sbin/qemu-ga -m virtio-serial -p "/dev/${port##*/}" -t /run -l /dev/null
done
exit 1
AGENT
chmod 755 "$root/usr/lib/lvslab/agent"
ln -sf ../lvslab-agent.service "$root/etc/systemd/system/multi-user.target.wants/lvslab-agent.service"

# What a node is called and wired to survives its reboot: provision/network.sh leaves this script.
cat >"$root/etc/systemd/system/lvslab-node.service" <<'UNIT'
[Unit]
Description=Interface names and addresses of this node
DefaultDependencies=no
ConditionPathExists=/etc/lvslab/network
Before=network-pre.target networking.service
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /etc/lvslab/network

[Install]
WantedBy=multi-user.target
UNIT
ln -sf ../lvslab-node.service "$root/etc/systemd/system/multi-user.target.wants/lvslab-node.service"

# The journal is evidence: in memory, unthrottled, and on the console what is serious.
mkdir -p "$root/etc/systemd/journald.conf.d"
cat >"$root/etc/systemd/journald.conf.d/lvslab.conf" <<'CONF'
[Journal]
Storage=volatile
RuntimeMaxUse=16M
RateLimitIntervalSec=0
ForwardToConsole=no
Audit=no
CONF

printf 'source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n' >"$root/etc/network/interfaces"
echo lvslab >"$root/etc/hostname"
printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
: >"$root/etc/machine-id"
cat >"$root/root/.bashrc" <<'RC'
PS1='\u@\h:\w\$ '
alias ls='ls --color=auto' ll='ls -l --color=auto' ip='ip --color=auto'
RC

chroot "$root" dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' >"$root/var/lib/lvslab/packages"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
