import type { Cluster, Node } from '../cluster/index.ts'
import { fault, type Fault } from './fault.ts'
import { lay } from './layers.ts'
import { payDebts } from './owed.ts'

/** Stops a machine's processor between two instructions: it hangs, its cable stays in. Healing lets it run on. */
export async function freeze(cluster: Cluster, node: Node): Promise<Fault> {
  const at = await node.machine.freeze()
  const lift = lay(node.machine, 'processor', 'running', 'frozen')
  return fault({
    kind: 'freeze',
    target: node.name,
    remains: `the clock of ${node.name} stood still as long, and is behind by that`,
    at,
    now: () => cluster.clock.now(),
    undo: async () => {
      if (lift() !== 'running' || !node.running) return undefined
      const thawedAt = await node.machine.thaw()
      await payDebts(node, false)
      return thawedAt
    },
  })
}
