#!/usr/bin/env bash
# The Vagrant way from nothing to nothing: set up, "vagrant up" of dr-vrrp as a user types it, its claims through
# "--engine vagrant", "vagrant destroy", and a look at whether anything is left. Without KVM, on a host without libvirt.
#
# Usage: scripts/test-vagrant.sh [CLAIM…]   default: all of dr-vrrp
# Exit codes: those of "lvslab run"; 1 when something is left.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh --with-vagrant

claims=("$@")
[ ${#claims[@]} -gt 0 ] || claims=(dr-vrrp)
out=$PWD/reports/test-vagrant
work=$(mktemp -d "${TMPDIR:-/tmp}/lvslab-test-vagrant-XXXXXX")
# Of its own, all of it: nothing of the user's Vagrant or libvirt is touched, and nothing of this is left in them.
export VAGRANT_HOME=$work/home VAGRANT_DOTFILE_PATH=$work/state LVSLAB_TOPOLOGY=dr-vrrp
export LVSLAB_VAGRANT_STATE=$work/host LVSLAB_ACCEL=${LVSLAB_ACCEL:-tcg}
failed=0

say() { printf 'test-vagrant: %s\n' "$*" >&2; }

# check WHAT COMMAND…: prints what the command finds, and nothing is right
check() {
  local what=$1 found
  shift
  found=$("$@" 2>/dev/null) || true
  if [ -z "$found" ]; then
    say "nothing left of $what"
  else
    printf 'test-vagrant: LEFT: %s\n%s\n' "$what" "$found" >&2
    failed=1
  fi
}

# Processes that work in this test's folder, or were started for it. The pattern is not on grep's own command line, which
# would be found, too.
processes() { grep -lsaF -f <(printf '%s\n' "$work") /proc/[0-9]*/cmdline || :; }
namespaces() { grep -lsaF "LVSLAB_VAGRANT_HOLDER=$work" /proc/[0-9]*/environ || :; }
host_links() { ip -o link show | grep -E 'virbr|vnet' || :; }

finish() {
  local code=$?
  trap - EXIT INT TERM
  scripts/vagrant-host down || code=3
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

links_before=$(host_links)
scripts/vagrant-host up
say "vagrant up of dr-vrrp"
started=$SECONDS
scripts/vagrant-host run vagrant up --provider libvirt >"$work/up.log" 2>&1 || {
  tr '\r' '\n' <"$work/up.log" | grep -v Progress | tail -n 40 >&2
  say 'vagrant up failed'
  exit 3
}
say "vagrant up: $((SECONDS - started)) s, provisioned"
scripts/vagrant-host run vagrant status | sed -n '3,9p'
scripts/vagrant-host run vagrant ssh client -c 'curl -s --retry 20 --retry-connrefused --max-time 5 http://192.168.88.100/' ||
  { say 'the VIP does not answer the client'; exit 1; }

code=0
scripts/vagrant-host run node bin/lvslab.js run "${claims[@]}" --engine vagrant --out "$out" || code=$?
say "the claims: exit code $code (report: $out/report.html)"

scripts/vagrant-host run vagrant destroy -f >"$work/destroy.log" 2>&1 || { cat "$work/destroy.log" >&2; failed=1; }
check 'domains' scripts/vagrant-host run virsh --quiet list --all --name
check 'networks' scripts/vagrant-host run sh -c 'virsh --quiet net-list --all --name | grep lvslab'
check 'disks' scripts/vagrant-host run sh -c 'ls /var/lib/libvirt/images | grep -v _vagrant_box_image_'
scripts/vagrant-host down
check 'daemons and machines' processes
check 'namespaces' namespaces
[ ! -e "$LVSLAB_VAGRANT_STATE" ] || { say "LEFT: $LVSLAB_VAGRANT_STATE"; failed=1; }
[ "$(host_links)" = "$links_before" ] || { say "LEFT: links on the host: $(host_links)"; failed=1; }
[ "$failed" = 0 ] || exit 1
exit "$code"
