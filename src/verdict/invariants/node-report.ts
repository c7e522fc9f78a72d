import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { ClusterTime } from '../../clock.ts'
import { journalCommand, parseJournal, type Cluster, type Node } from '../../cluster/index.ts'

/** Daemons whose processes must stay: their command names, and those of their children. */
const DAEMONS = ['keepalived', 'heartbeat', 'ldirectord'] as const

export interface DaemonProcess {
  readonly pid: number
  readonly program: string
}

/** What keepalived's checker logged about a table. */
export interface TableChange {
  /** Bounds of when it was written, on the cluster's clock. */
  readonly earliest: ClusterTime
  readonly latest: ClusterTime
  /** `restart`: keepalived started, stopped or reloaded, which may bring any server back. */
  readonly change: 'removed' | 'added' | 'disabled' | 'enabled' | 'restart'
  readonly server?: { readonly address: string; readonly port: number }
  readonly service?: { readonly address: string; readonly port: number }
  readonly text: string
}

/** A machine's clock in one answer. */
export interface GuestClock {
  /**
   * Bounds of when it booted, on the cluster's clock, ms: by its clock at the beginning of the answer, and at its end. Where
   * it goes too fast, a later one says that it booted earlier.
   */
  readonly earliestMs: number
  readonly latestMs: number
  /** What can have passed from the one to the other at most, ms. */
  readonly atMostMs: number
}

/** What one machine said of itself, in one answer. */
export interface NodeReport {
  /** Another one after each boot. */
  readonly bootId: string
  readonly clock: GuestClock
  readonly processes: readonly DaemonProcess[]
  readonly tableChanges: readonly TableChange[]
  /** Lines of its kernel's log that no healthy kernel writes; none of a machine that has a console. */
  readonly kernelComplaints: readonly string[]
}

/** By node name. A machine that did not answer is missing. */
export type NodeReports = ReadonlyMap<string, NodeReport>

/**
 * What a kernel that has gone wrong says (kernel/panic.c, lib/bug.c, kernel/watchdog.c, kernel/hung_task.c,
 * arch/x86/mm/fault.c, kernel/rcu/tree_stall.h).
 */
export const KERNEL_COMPLAINTS =
  'BUG: |kernel BUG at|Oops: |Kernel panic|soft lockup|hard LOCKUP|general protection fault|blocked for more than|self-detected stall|detected stalls on CPUs'

/** A daemon's child that was forked for a script has its name, too, but does not live long. */
const DAEMON_AGE_S = 5

const QUESTION_TIMEOUT_MS = 15_000
/** /proc/uptime has hundredths of a second, cut off. */
const UPTIME_STEP_MS = 10
const MARK = '=====lvslab'
const END_MARK = '=====lvslab-end'

/** What runs at the beginning: one light question to the machines that have such daemons. */
export function askForProcesses(cluster: Cluster): Promise<NodeReports> {
  const nodes = cluster.nodes.filter((node) => daemonsOf(node).length > 0)
  return ask(cluster, nodes, () => [])
}

/**
 * What machines that still run say at the end: one question each, to those that have such daemons or no console. Each
 * program that is started in an emulated machine costs it some 150 ms: what a kernel complains of, its console has, too.
 */
export function askForAll(cluster: Cluster): Promise<NodeReports> {
  const nodes = cluster.nodes.filter((node) => daemonsOf(node).length > 0 || !hasConsole(node))
  return ask(cluster, nodes, (node) => [
    hasConsole(node) ? ':' : `dmesg | grep -E '${KERNEL_COMPLAINTS}' | head -n 5`,
    ...(node.spec.services.includes('keepalived') ? [journalCommand({ unit: 'keepalived', lines: 400 })] : []),
  ])
}

/** QEMU writes it to a file: by the kernel's parameter "quiet" it has errors and worse, and all of an oops. */
export function hasConsole({ machine }: Node): boolean {
  return existsSync(machine.consolePath)
}

async function ask(cluster: Cluster, nodes: readonly Node[], more: (node: Node) => string[]): Promise<NodeReports> {
  const reports = new Map<string, NodeReport>()
  const running = nodes.filter((node) => node.running)
  await Promise.all(
    running.map(async (node) => {
      const daemons = daemonsOf(node)
      const parts = [
        'cat /proc/sys/kernel/random/boot_id; read -r up _ </proc/uptime; echo $up',
        daemons.length === 0 ? ':' : `ps -C ${daemons.join(',')} -o pid=,etimes=,comm=`,
        ...more(node),
      ]
      // What its clock says at the end comes last, whatever there is before it.
      const question = `${parts.join(`; echo ${MARK}; `)}; echo ${END_MARK}; read -r up _ </proc/uptime; echo $up`
      const asked = cluster.clock.now()
      const answer = await node
        .run(question, { timeoutMs: QUESTION_TIMEOUT_MS })
        // A machine that cannot be asked, or was taken down meanwhile, has said nothing.
        .catch(() => undefined)
      if (answer) reports.set(node.name, parseReport(answer.stdout, asked, cluster.clock.now()))
    }),
  )
  return reports
}

function daemonsOf({ spec }: Node): string[] {
  return DAEMONS.filter((daemon) => spec.services.includes(daemon))
}

/** Reads an answer to the question above, which was asked and answered between two moments. */
export function parseReport(text: string, asked: ClusterTime, answered: ClusterTime): NodeReport {
  const [answer = '', uptimeAtEnd = ''] = text.split(`${END_MARK}\n`)
  const [head = '', processes = '', complaints = '', journal = ''] = answer.split(`${MARK}\n`)
  const [bootId = '', uptime = '0'] = head.split('\n')
  const uptimeMs = Number(uptime) * 1000
  const bounds = { earliestMs: asked - uptimeMs - UPTIME_STEP_MS, latestMs: answered - uptimeMs }
  return {
    bootId,
    clock: {
      earliestMs: bounds.earliestMs,
      latestMs: uptimeAtEnd === '' ? bounds.latestMs : answered - Number(uptimeAtEnd) * 1000,
      atMostMs: answered - asked + UPTIME_STEP_MS,
    },
    processes: [...processes.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)/gm)]
      .filter(([, , age]) => Number(age) >= DAEMON_AGE_S)
      .map(([, pid, , program = '']) => ({ pid: Number(pid), program })),
    kernelComplaints: complaints.split('\n').filter((line) => line !== ''),
    tableChanges: parseJournal(journal).flatMap(({ sentMs, text: line }) => tableChange(line, sentMs, bounds)),
  }
}

const CHANGES = { Remov: 'removed', Add: 'added', Disabl: 'disabled', Enabl: 'enabled' } as const

/** ipwrapper.c, perform_svr_state: "Removing service [10.0.0.2]:tcp:80 from VS [10.0.0.1]:tcp:80". */
function tableChange(
  line: string,
  guestMs: number,
  clock: { readonly earliestMs: number; readonly latestMs: number },
): TableChange[] {
  const when = {
    earliest: (guestMs + clock.earliestMs) as ClusterTime,
    latest: (guestMs + clock.latestMs) as ClusterTime,
    text: line,
  }
  const found =
    /\b(Remov|Add|Disabl|Enabl)ing service \[([\d.]+)\]:\w+:(\d+) (?:from|to|of) VS \[([\d.]+)\]:\w+:(\d+)/.exec(line)
  if (found) {
    const [, verb, address = '', port, vip = '', vport] = found
    const server = { address, port: Number(port) }
    const service = { address: vip, port: Number(vport) }
    return [{ ...when, change: CHANGES[verb as keyof typeof CHANGES], server, service }]
  }
  return /\b(Start|Stopp|Reload)/.test(line) ? [{ ...when, change: 'restart' }] : []
}

/** The console's lines of the kind of {@link KERNEL_COMPLAINTS}; it outlives its machine. */
export async function consoleComplaints(node: Node): Promise<string[]> {
  const text = await readFile(node.machine.consolePath, 'utf8').catch(() => '')
  const pattern = new RegExp(KERNEL_COMPLAINTS)
  return text.split('\n').filter((line) => pattern.test(line))
}
