import type { Cluster, Node } from '../cluster/index.ts'
import { fault, type Fault } from './fault.ts'
import { lay } from './layers.ts'

/** Pulls a cable: frames are dropped on the wire at once, and the carrier goes in the machine. Healing plugs it in. */
export async function unplug(cluster: Cluster, node: Node, nic?: string): Promise<Fault> {
  const cable = node.cable(nic)
  const at = await cluster.unplug(cable)
  const lift = lay(node.machine, `cable ${cable}`, 'plugged', 'unplugged')
  return fault({
    kind: 'unplug',
    target: cable,
    at,
    now: () => cluster.clock.now(),
    undo: async () => (lift() === 'plugged' ? cluster.plug(cable) : undefined),
  })
}
