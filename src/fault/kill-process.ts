import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { strike, type Fault } from './fault.ts'
import { lay } from './layers.ts'
import { mendInside } from './owed.ts'
import { findProcesses, signalProcesses, type GuestProcess, type ProcessPart } from './processes.ts'
import { unitLayer, unitState, unitWish } from './unit.ts'

/** signal(7), without those that no process can be sent to any use. */
export const SIGNALS = ['KILL', 'TERM', 'INT', 'QUIT', 'HUP', 'ABRT', 'SEGV', 'USR1', 'USR2', 'STOP', 'CONT'] as const
export type Signal = (typeof SIGNALS)[number]

export interface KillOptions {
  /** Default: all. */
  readonly part?: ProcessPart
  /** The unit that has the program. Default: the unit of the program's name. */
  readonly unit?: string
}

/** A unit whose process was killed is failed, or starts it again, within moments. */
const SETTLE_MS = 300

/**
 * Sends a signal to processes of a program. Healing continues what SIGSTOP stopped, and starts the unit again if it ran
 * before and does not now, or does so with fewer processes. A signal that ended nothing (HUP) leaves nothing to heal.
 *
 * @throws UsageError `LVSLAB_E_NO_PROCESS` when there is none, `LVSLAB_E_SIGNAL`
 */
export async function killProcess(
  cluster: Cluster,
  node: Node,
  program: string,
  signal: Signal = 'KILL',
  options: KillOptions = {},
): Promise<Fault> {
  const { part = 'all', unit = program } = options
  if (!SIGNALS.includes(signal)) {
    throw new UsageError('LVSLAB_E_SIGNAL', `no signal "${signal}"`, { seen: `signals: ${SIGNALS.join(', ')}` })
  }
  const found = await findProcesses(node, program, part)
  const parts = { kind: 'killProcess', target: [node.name, program, ...(part === 'all' ? [] : [part])].join(':') }
  if (signal === 'STOP') return stop(cluster, node, found, parts)
  const all = await findProcesses(node, program, 'all')
  // A program that no unit has cannot be started again.
  const before = await unitState(node, unit).catch(() => undefined)
  let undoUnit: (() => Promise<undefined>) | undefined
  const undo = async (): Promise<undefined> => {
    await undoUnit?.()
    if (before === 'active') await mendInside(node, () => complete(node, program, unit, all.length))
    return undefined
  }
  const inflict = async (): Promise<void> => void (await signalProcesses(node, found, signal))
  const struck = await strike(cluster, { ...parts, inflict, undo })
  if (before !== 'active') {
    return { ...struck, remains: `${program} has no unit ${unit} that ran: what has ended is not started again` }
  }
  await node.run(`sleep ${SETTLE_MS / 1000}`)
  if ((await unitState(node, unit)) === 'inactive') undoUnit = unitLayer(node, unit, 'active', 'inactive')
  return struck
}

async function stop(
  cluster: Cluster,
  node: Node,
  found: readonly GuestProcess[],
  parts: { readonly kind: string; readonly target: string },
): Promise<Fault> {
  const lifts = found.map((process) => ({
    process,
    lift: lay(node.machine, `process ${process.pid}/${process.started}`, 'running', 'stopped'),
  }))
  return strike(cluster, {
    ...parts,
    inflict: async () => void (await signalProcesses(node, found, 'STOP')),
    undo: async () => {
      const free = lifts.filter(({ lift }) => lift() === 'running').map(({ process }) => process)
      // Ones that went with their machine, or were ended meanwhile, are no longer there to be continued.
      if (free.length > 0) await mendInside(node, () => signalProcesses(node, free, 'CONT'))
      return undefined
    },
  })
}

/** A daemon that starts its children again by itself is left alone. */
async function complete(node: Node, program: string, unit: string, count: number): Promise<void> {
  if ((await unitState(node, unit)) === 'inactive') {
    // It took its time to end. Where another fault has it stopped, it stays so.
    if (unitWish(node, unit) === undefined) await node.service(unit).start()
    return
  }
  const now = await findProcesses(node, program, 'all').catch(() => [])
  if (now.length < count) await node.service(unit).restart()
}
