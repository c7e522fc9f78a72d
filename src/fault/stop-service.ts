import type { Cluster, Node } from '../cluster/index.ts'
import { fault, type Fault } from './fault.ts'

/** Stops a systemd unit, as an operator would. Healing starts it again. */
export async function stopService(cluster: Cluster, node: Node, unit: string): Promise<Fault> {
  const began = cluster.clock.now()
  await node.service(unit).stop()
  const at = cluster.clock.now()
  return fault({
    kind: 'stopService',
    target: `${node.name}:${unit}`,
    at,
    uncertaintyMs: at - began,
    now: () => cluster.clock.now(),
    undo: async () => {
      if (node.running) await node.service(unit).start()
      return undefined
    },
  })
}
