#!/bin/sh
# nginx whose page is the server's own address, so that a client sees who answered.
set -eu
. /etc/lvslab/node.env
mkdir -p /var/www/html
echo "$ADDRESS" >/var/www/html/index.html
rm -f /var/www/html/index.nginx-debian.html
# One worker is enough; the page is never compressed and never logged twice.
sed -i 's/^worker_processes .*/worker_processes 1;/' /etc/nginx/nginx.conf
