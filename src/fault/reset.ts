import type { Cluster, Node } from '../cluster/index.ts'
import { bringBack, idleServices } from './bring-back.ts'
import { strike, type Fault } from './fault.ts'

/**
 * Resets a machine: nothing is flushed, nobody is told, and it boots again by itself. Healing waits until it is up, and
 * makes it what it was: a boot alone does not bring what the topology gave the running system only, such as the VIP on
 * lo.
 */
export async function reset(cluster: Cluster, node: Node): Promise<Fault> {
  const idle = await idleServices(node)
  let isReset = false
  return strike(cluster, {
    kind: 'reset',
    target: node.name,
    inflict: async () => {
      const at = await node.machine.reset()
      isReset = true
      return at
    },
    undo: async () => {
      // Its power may have been cut meanwhile: the fault that did so boots it.
      if (!isReset || !node.running) return undefined
      await node.machine.untilUp()
      await bringBack(cluster, node, idle)
      isReset = false
      return undefined
    },
  })
}
