import type { Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { shellWord } from '../shell-word.ts'

/**
 * Which processes of a program: all; the parent, which is the one whose own parent is another program; its children; or,
 * of keepalived, its VRRP child or its checker child, which only their pid files tell apart (keepalived 2.2.7
 * lib/global_data: vrrp.pid, checkers.pid in /run, or /run/keepalived).
 */
export const PROCESS_PARTS = ['all', 'parent', 'children', 'vrrp', 'checker'] as const
export type ProcessPart = (typeof PROCESS_PARTS)[number]

export interface GuestProcess {
  readonly pid: number
  readonly parent: number
  /** Clock ticks since boot (proc_pid_stat(5), field 22): with the pid it names a process for good. */
  readonly started: string
}

const PID_FILES = { vrrp: 'vrrp.pid', checker: 'checkers.pid' } as const

/** The kernel's name of a program has 15 characters (proc_pid_comm(5)). */
const NAME_LENGTH = 15

/**
 * Finds them.
 *
 * @throws UsageError `LVSLAB_E_NO_PROCESS` when there is none
 */
export async function findProcesses(node: Node, program: string, part: ProcessPart): Promise<GuestProcess[]> {
  // The name may have spaces and parentheses: what follows it is read from the last one on.
  const script = `
    for pid in $(pgrep -x ${shellWord(program.slice(0, NAME_LENGTH))}); do
      read -r line 2>/dev/null </proc/$pid/stat || continue
      set -- \${line##*) }
      [ "$1" = Z ] || echo "$pid $2 \${20}"
    done
    for file in vrrp checkers; do
      read -r pid 2>/dev/null </run/$file.pid || read -r pid 2>/dev/null </run/keepalived/$file.pid || pid=
      echo "$file.pid $pid"
    done`
  const { stdout } = await node.run(script)
  const rows = stdout.split('\n').map((line) => line.trim().split(' '))
  const files = new Map(rows.filter(([name]) => name?.endsWith('.pid')).map(([name, pid]) => [name, Number(pid)]))
  const all = rows
    .filter((row) => row.length === 3)
    .map(([pid, parent, started]) => ({ pid: Number(pid), parent: Number(parent), started: started! }))
  const found = chosen(all, part, files)
  if (found.length > 0) return found
  const which = part === 'all' ? `process ${program}` : `process ${program} (${part})`
  throw new UsageError('LVSLAB_E_NO_PROCESS', `no ${which} runs on ${node.name}`, {
    seen: all.length === 0 ? '' : `${program}: ${all.map(({ pid, parent }) => `${pid} (of ${parent})`).join(', ')}`,
  })
}

function chosen(
  all: readonly GuestProcess[],
  part: ProcessPart,
  files: ReadonlyMap<string | undefined, number>,
): GuestProcess[] {
  const pids = new Set(all.map(({ pid }) => pid))
  switch (part) {
    case 'all':
      return [...all]
    case 'parent':
      return all.filter(({ parent }) => !pids.has(parent))
    case 'children':
      return all.filter(({ parent }) => pids.has(parent))
    case 'vrrp':
    case 'checker':
      return all.filter(({ pid }) => pid === files.get(PID_FILES[part]))
  }
}

/**
 * Signals each process that is still the one that was found; answers which these were. Several that are to be killed are
 * held first, and their parents killed last: a child that lives on for a moment hears of its parent's death
 * (PR_SET_PDEATHSIG), or has SIGTERM and SIGCONT from systemd, whose main process is gone, and begins to tidy up.
 */
export async function signalProcesses(
  node: Node,
  processes: readonly GuestProcess[],
  signal: string,
): Promise<readonly GuestProcess[]> {
  const each = (verb: string, all = processes): string =>
    all.map(({ pid, started }) => `${verb} ${pid} ${started}`).join('\n    ')
  const killing = signal === 'KILL' && processes.length > 1
  const script = `
    same() {
      read -r line 2>/dev/null </proc/$1/stat || return 1
      started=$2
      set -- \${line##*) }
      [ "\${20}" = "$started" ]
    }
    hold() { ! same "$1" "$2" || kill -s STOP "$1"; }
    hit() { ! same "$1" "$2" || { kill -s ${shellWord(signal)} "$1" && echo "$1"; } || return 0; }
    ${killing ? each('hold') : ''}
    ${each('hit', killing ? childrenFirst(processes) : processes)}`
  const { stdout } = await node.run(script)
  const struck = new Set(stdout.trim().split(/\s+/).map(Number))
  return processes.filter(({ pid }) => struck.has(pid))
}

function childrenFirst(processes: readonly GuestProcess[]): GuestProcess[] {
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]))
  const depth = (pid: number): number => {
    const parent = parents.get(pid)
    return parent === undefined ? 0 : 1 + depth(parent)
  }
  return processes.toSorted((a, b) => depth(b.pid) - depth(a.pid))
}
