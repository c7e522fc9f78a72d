import type { Cluster, Node } from '../cluster/index.ts'
import { fault, type Fault } from './fault.ts'

/** Takes the power from a machine at once: nothing is flushed, nobody is told. Healing boots it from its disk. */
export async function powerCut(cluster: Cluster, node: Node): Promise<Fault> {
  const began = cluster.clock.now()
  const at = await node.machine.powerCut()
  return fault({
    kind: 'powerCut',
    target: node.name,
    at,
    uncertaintyMs: at - began,
    now: () => cluster.clock.now(),
    undo: async () => {
      if (!node.running) await node.machine.powerOn()
      return undefined
    },
  })
}
