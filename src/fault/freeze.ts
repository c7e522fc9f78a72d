import type { Cluster, Node } from '../cluster/index.ts'
import { fault, type Fault } from './fault.ts'

/** Stops a machine's processor between two instructions: it hangs, its cable stays in. Healing lets it run on. */
export async function freeze(cluster: Cluster, node: Node): Promise<Fault> {
  const at = await node.machine.freeze()
  return fault({
    kind: 'freeze',
    target: node.name,
    at,
    now: () => cluster.clock.now(),
    undo: async () => (node.running ? node.machine.thaw() : undefined),
  })
}
