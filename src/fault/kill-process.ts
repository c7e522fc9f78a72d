import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { fault, type Fault } from './fault.ts'

/** Signals that pkill(1) knows; a process that a signal stopped is continued by healing, one that it ended is restarted. */
export type Signal = 'KILL' | 'TERM' | 'INT' | 'HUP' | 'STOP'

/**
 * Sends a signal to all processes of a program. Healing restarts `unit` (by default the unit of the program's name), or
 * continues what SIGSTOP stopped.
 *
 * @throws UsageError `LVSLAB_E_NO_PROCESS` when there is none
 */
export async function killProcess(
  cluster: Cluster,
  node: Node,
  program: string,
  signal: Signal = 'KILL',
  unit = program,
): Promise<Fault> {
  const began = cluster.clock.now()
  const { exitCode } = await node.run(`pkill -${signal} -x '${program.slice(0, 15).replaceAll("'", '')}'`)
  const at = cluster.clock.now()
  if (exitCode !== 0) throw new UsageError('LVSLAB_E_NO_PROCESS', `no process ${program} runs on ${node.name}`)
  return fault({
    kind: 'killProcess',
    target: `${node.name}:${program}`,
    at,
    uncertaintyMs: at - began,
    now: () => cluster.clock.now(),
    undo: async () => {
      if (!node.running) return undefined
      if (signal === 'STOP') await node.run(`pkill -CONT -x '${program.slice(0, 15)}'`)
      else await node.service(unit).restart()
      return undefined
    },
  })
}
