#!/bin/sh
# The kernel's NFS server. What is exported comes from the topology's /etc/exports; no grace period is waited for, as no
# client has anything to reclaim from a server that never ran before (nfsd(7), nfsdcltrack).
set -eu
modprobe nfsd
mkdir -p /etc/nfs.conf.d
printf '[nfsd]\nthreads = 2\n' >/etc/nfs.conf.d/lvslab.conf
