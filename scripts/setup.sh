#!/usr/bin/env bash
# Makes this host ready: Debian packages, npm packages, permissions. Usage: scripts/setup.sh [--with-tests] [--with-vagrant]
#
# Runs before anything is installed, and before every npm start and npm test: when all is there it says so in a moment.
# Exit codes: 0 ready, 2 usage, 4 a prerequisite is missing (with the line that installs it).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin
readonly oldest_node=20.11
log=''

# What machines are made with, and what only the tests need: tshark, a browser and xmllint as second opinions.
packages=(qemu-system-x86 qemu-utils mmdebstrap fakeroot squashfs-tools e2fsprogs kmod uidmap util-linux xz-utils wrk)
test_packages=(tshark chromium libxml2-utils)
# For "--engine vagrant" and the Vagrantfile; scripts/vagrant-host needs no more.
vagrant_packages=(vagrant vagrant-libvirt libvirt-daemon-system libvirt-daemon libvirt-clients dnsmasq-base iptables
  iproute2 openssh-client)

say() { printf 'setup: %s\n' "$*" >&2; }

# fail CODE MESSAGE SAW DO
fail() {
  printf 'LVSLAB_E_%s: %s\n' "$1" "$2" >&2
  [ -z "$3" ] || printf '%s\n' "$3" | sed '1s/^/  saw:    /; 1!s/^/          /' >&2
  printf '%s\n' "$4" | sed '1s/^/  do:     /; 1!s/^/          /' >&2
  exit 4
}

# run_logged WHAT CODE DO COMMAND...: quiet unless it fails
run_logged() {
  local what=$1 code=$2 todo=$3 started=$SECONDS
  shift 3
  say "$what"
  if ! "$@" </dev/null >>"$log" 2>&1; then
    # What it said last explains it; the whole log stays for those who need more.
    local tail
    tail=$(grep -v '^[[:space:]]*$' "$log" | tail -n 15)
    local kept=$log
    log=''
    fail "$code" "$what: failed" "$tail" "$todo (everything that was said: $kept)"
  fi
  say "$what: done in $((SECONDS - started)) s"
}

need_log() {
  [ -n "$log" ] || log=$(mktemp "${TMPDIR:-/tmp}/lvslab-setup-XXXXXX.log")
}

forget_log() { [ -z "$log" ] || rm -f "$log"; }
trap forget_log EXIT

check_host() {
  local system
  system=$(uname -sm)
  [ "$system" = 'Linux x86_64' ] ||
    fail HOST_UNSUPPORTED 'lvslab runs on x86-64 Linux only' "$system" 'use an x86-64 Linux machine, real or virtual'
  { command -v dpkg-query && command -v apt-get; } >/dev/null ||
    fail HOST_UNSUPPORTED 'this is not Debian or one of its descendants' 'no dpkg-query or no apt-get' \
      'use Debian 12 or later, or Ubuntu 23.04 or later'
}

check_node() {
  local todo="install Node.js $oldest_node or later with npm: https://nodejs.org/en/download"
  command -v node >/dev/null || fail NODE_MISSING 'Node.js is not installed' 'no node in PATH' "$todo"
  command -v npm >/dev/null || fail NPM_MISSING 'npm is not installed' 'no npm in PATH' "$todo"
  node_version=$(node --version)
  local have=${node_version#v}
  [ "$(printf '%s\n' "$oldest_node" "$have" | sort -V | head -n 1)" = "$oldest_node" ] ||
    fail NODE_TOO_OLD 'Node.js is too old' "version $have" "$todo"
}

# Of the packages named, those that are not installed.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    grep -qx "installed $package" <<<"$installed" || printf '%s\n' "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0

  local line="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    elif command -v sudo >/dev/null && [ -t 0 ] && [ -z "${CI:-}" ] && sudo -v; then
      as_root=(sudo)
    else
      fail PACKAGES_MISSING 'Debian packages are missing, and this user may not install them' "${missing[*]}" \
        "run as root: $line"
    fi
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y
    -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2)
  need_log
  say 'reading package lists'
  # Somebody's third-party source may be broken without hurting us: whether it did shows in the installation.
  "${apt[@]}" update </dev/null >>"$log" 2>&1 || say 'some package lists could not be read; going on with the others'
  run_logged "installing ${missing[*]}" PACKAGES_FAILED "see what apt says, then run as root: $line" \
    "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# An ordinary user builds root file systems in a user namespace, with subordinate ids for the files' owners.
check_namespaces() {
  [ "$(id -u)" != 0 ] || return 0
  local said
  if said=$(unshare --user --map-root-user --map-auto --mount true 2>&1); then return 0; fi
  local user
  user=$(id -un)
  if ! unshare --user true 2>/dev/null; then
    fail NO_USER_NAMESPACES 'this user may not make user namespaces, which building images needs' "$said" \
      'run as root: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000'
  fi
  if ! unshare --user --map-root-user true 2>/dev/null; then
    fail NO_USER_NAMESPACES 'user namespaces are restricted (AppArmor), which building images needs unrestricted' \
      "$said" 'run as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'
  fi
  # The first range that nobody has yet.
  local first
  first=$(cat /etc/subuid /etc/subgid 2>/dev/null |
    awk -F: 'BEGIN { first = 100000 } $2 + $3 > first { first = $2 + $3 } END { print first }')
  local range=$first-$((first + 65535))
  fail NO_SUBORDINATE_IDS "$user has no subordinate ids (subuid(5)), which building images needs" "$said" \
    "run as root: usermod --add-subuids $range --add-subgids $range $user"
}

# What npm installed is right while the lock file and Node's major version (native modules) are what they were.
install_modules() {
  cd "$root"
  local stamp=node_modules/.lvslab-lock-hash hidden=node_modules/.package-lock.json wanted
  wanted="$(sha256sum package-lock.json | cut -d ' ' -f 1) node ${node_version%%.*}"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return 0; fi
  # Somebody ran npm ci by hand after the lock file came: that is as good.
  if ! [ -f "$stamp" ] && [ "$hidden" -nt package-lock.json ] && [ -d node_modules/tap ]; then
    printf '%s\n' "$wanted" >"$stamp"
    return 0
  fi
  need_log
  run_logged 'installing npm packages' NPM_FAILED 'check the network and what npm says, then run: npm ci' \
    npm ci --include=dev --no-audit --no-fund
  printf '%s\n' "$wanted" >"$stamp"
}

main() {
  local wanted=("${packages[@]}")
  while [ $# -gt 0 ]; do
    case $1 in
      --with-tests) wanted+=("${test_packages[@]}") ;;
      --with-vagrant) wanted+=("${vagrant_packages[@]}") ;;
      -h | --help)
        sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
      *)
        printf 'LVSLAB_E_USAGE: unknown option %s\n  do:     scripts/setup.sh [--with-tests] [--with-vagrant]\n' "$1" >&2
        exit 2
        ;;
    esac
    shift
  done
  check_host
  check_node
  install_packages "${wanted[@]}"
  check_namespaces
  install_modules
}

main "$@"
