import type { Cluster, Node } from '../cluster/index.ts'
import { bringBack, idleServices } from './bring-back.ts'
import { strike, type Fault } from './fault.ts'

/**
 * Makes a machine's kernel panic (sysrq c, Documentation/admin-guide/sysrq.rst). It hangs then, its cable in, as nothing
 * reboots it (kernel.panic = 0). Healing takes its power, boots it, and makes it what it was.
 */
export async function panic(cluster: Cluster, node: Node): Promise<Fault> {
  const idle = await idleServices(node)
  return strike(cluster, {
    kind: 'panic',
    target: node.name,
    inflict: () => node.machine.panic(),
    undo: async () => {
      // Its power was cut meanwhile: the fault that did so boots it, or has done so.
      if (!node.running || node.standstill !== 'panicked') return undefined
      await node.machine.powerCut()
      await node.machine.powerOn()
      await bringBack(cluster, node, idle)
      return undefined
    },
  })
}
