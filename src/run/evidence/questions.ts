import { shellWord } from '../../shell-word.ts'
import type { NodeSpec } from '../../topology/index.ts'

/** What a machine is asked for when its claim did not hold: one file of answers. */
interface Question {
  readonly file: string
  /** Shell: prints what goes into the file. `ask COMMAND` prints a heading, and what the command says. */
  readonly script: string
  /** Which part stays of an answer that is too long: a log's end. Default: its begin. */
  readonly keep?: 'head' | 'tail'
}

/** What one file of one machine may have, bytes. */
export const ANSWER_LIMIT = 512 * 1024

/** No command takes this long, on a busy host either; one that hangs must not take the other answers with it. */
const COMMAND_TIMEOUT_S = 15

/** Journal lines: those of a machine's whole life, were it not that it may be in a loop. */
const JOURNAL_LINES = 4000

/**
 * How sections are told apart: the mark is another one each time, so that nothing that a machine prints can be taken for
 * one. `dump NAME FILE` makes a section of a file.
 */
function prelude(mark: string): string {
  return `
export LC_ALL=C.UTF-8 SYSTEMD_COLORS=0
section() { printf '\\n%s %s\\n' '${mark}' "$1"; }
ask() {
  echo "### $*"
  if command -v "$1" >/dev/null; then timeout ${COMMAND_TIMEOUT_S} "$@" 2>&1; else echo 'not installed'; fi
  echo
}
dump() { [ -e "$2" ] && section "$1" && head -c ${ANSWER_LIMIT + 1} "$2"; }
`
}

/** What changes while one looks: asked first, and at one time. */
const MOVING: readonly Question[] = [
  {
    // A machine without IPVS would load it by being asked.
    file: 'ipvs.txt',
    script: `if [ -e /proc/net/ip_vs ]; then
      ask ipvsadm -Ln; ask ipvsadm -Ln --stats --exact; ask ipvsadm -Ln --rate; ask ipvsadm -Ln --timeout
      ask ipvsadm -Ln --persistent-conn; ask ipvsadm -Lnc; ask ipvsadm -L --daemon; ask cat /proc/net/ip_vs_stats
    else echo 'IPVS is not loaded'; fi`,
  },
  {
    file: 'ip.txt',
    script: `ask ip -s address; ask ip route show table all; ask ip neigh; ask ip rule`,
  },
  {
    // Reading it loads nothing, as conntrack(8) would.
    file: 'conntrack.txt',
    script: `if [ -e /proc/net/nf_conntrack ]; then ask cat /proc/net/nf_conntrack
    else echo 'connection tracking is not loaded'; fi`,
  },
]

/** Why it came to that, as the machine tells it. */
const LOGS: readonly Question[] = [
  { file: 'journal.txt', script: `journalctl -b --no-pager -o short-monotonic -n ${JOURNAL_LINES}`, keep: 'tail' },
  { file: 'kernel.txt', script: `dmesg`, keep: 'tail' },
]

/** What stays as it is: asked last. */
const LASTING: readonly Question[] = [
  {
    // As sysctl(8) writes them, but without reading a thousand others.
    file: 'sysctl.txt',
    script: `cd /proc/sys/net/ipv4; grep -s '' ip_forward ip_nonlocal_bind vs/* conf/*/arp_* conf/*/rp_filter conf/*/forwarding \\
      conf/*/send_redirects conf/*/accept_local | sed 's|^|net/ipv4/|; s|:| = |; s|/|.|g'`,
  },
  {
    // Asking for a table's rules loads the table: only those that are there.
    file: 'netfilter.txt',
    script: `ask iptables-save -c; ask nft list ruleset; ask cat /proc/net/ip_tables_names`,
  },
  { file: 'sockets.txt', script: `ask ss -tuna` },
  {
    file: 'system.txt',
    script: `ask cat /proc/uptime /proc/loadavg /proc/meminfo /proc/modules /proc/mounts; ask df -h
      ask ps -eo pid,ppid,stat,etimes,time,rss,args; ask systemctl list-units --no-pager --plain --state=running,failed`,
  },
]

/** heartbeat logs into a file of its own (ha.cf, logfile). */
const HEARTBEAT_LOG: Question = { file: 'ha-log.txt', script: `cat /var/log/ha-log`, keep: 'tail' }

/**
 * keepalived's processes write what they know into files when the parent gets SIGUSR1 (keepalived(8)): the VRRP process
 * keepalived.data, the checker keepalived_check.data, the parent keepalived_parent.data, all in /tmp, which may be a
 * private one. There are as many as there are processes.
 */
const KEEPALIVED_DUMP = `
pid=$(systemctl show -p MainPID --value keepalived)
if [ "\${pid:-0}" -gt 0 ]; then
  tmp=/proc/$pid/root/tmp
  rm -f $tmp/keepalived*.data
  kill -USR1 $pid
  expected=$((1 + $(ps --no-headers --ppid $pid -o comm= | grep -c '^keepalived')))
  tries=0
  while [ $tries -lt 15 ] && [ "$(find $tmp/keepalived*.data -size +0 2>/dev/null | wc -l)" -lt $expected ]; do
    sleep 0.2; tries=$((tries + 1))
  done
  sleep 0.2
  found=0
  for file in $tmp/keepalived*.data; do dump "\${file##*/}" "$file" && found=$((found + 1)); done
  [ $found -ge $expected ] || { section keepalived.data.txt; echo "$found of $expected processes wrote their data within 3 s of SIGUSR1"; }
else
  section keepalived.data.txt; echo 'keepalived does not run'
fi
`

/** Answers whose end is what was kept of them. */
export const TAILS: ReadonlySet<string> = new Set(
  [...MOVING, ...LOGS, ...LASTING, HEARTBEAT_LOG].filter(({ keep }) => keep === 'tail').map(({ file }) => file),
)

/** What of a machine's own says its version. The packages are known without asking (versions.json). */
const VERSIONED: Readonly<Record<string, string>> = { keepalived: 'keepalived --version', nginx: 'nginx -v' }

/** What to ask a node, in three goes: should it die or be too slow in a later one, the earlier ones' answers are there. */
export function scriptsFor({ services, roles, files }: NodeSpec, mark: string): readonly string[] {
  const keepalived = services.includes('keepalived') ? KEEPALIVED_DUMP : ''
  const heartbeat = services.includes('heartbeat') ? [HEARTBEAT_LOG] : []
  const paths = ['/etc/lvslab/node.env', '/etc/lvslab/network', ...files.map(({ guestPath }) => guestPath)]
  const configuration = [...new Set(paths)]
    .map((path) => `dump ${shellWord(`files${path}`)} ${shellWord(path)}`)
    .join('\n')
  const commands = [
    'uname -a',
    ...Object.entries(VERSIONED).flatMap(([unit, command]) => (services.includes(unit) ? [command] : [])),
    ...(roles.includes('client') ? ['curl --version'] : []),
  ]
  const versions: Question = { file: 'versions.txt', script: commands.map((command) => `ask ${command}`).join('; ') }
  const goes = [
    [...MOVING.map(part), keepalived],
    [...[...LOGS, ...heartbeat].map(part), configuration],
  ]
  return [...goes, [...LASTING, versions].map(part)].map((parts) => `${prelude(mark)}${parts.join('\n')}`)
}

/** One byte more than is kept, so that it is known whether there was more. */
function part({ file, script, keep = 'head' }: Question): string {
  return `section ${file}; { ${script}\n} 2>&1 | ${keep} -c ${ANSWER_LIMIT + 1}`
}
