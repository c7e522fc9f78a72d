#!/bin/sh
# vsftpd for anonymous readers, with a file that says which server it came from.
set -eu
. /etc/lvslab/node.env
mkdir -p /srv/ftp
echo "$ADDRESS" >/srv/ftp/index.html
cat >/etc/vsftpd.conf <<'CONF'
listen=YES
listen_ipv6=NO
anonymous_enable=YES
local_enable=NO
anon_root=/srv/ftp
# Active mode: data connections come from port 20 (RFC 959, section 3.2).
connect_from_port_20=YES
seccomp_sandbox=NO
secure_chroot_dir=/var/run/vsftpd/empty
CONF
