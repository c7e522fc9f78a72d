import type { Cluster, Node } from '../cluster/index.ts'
import { fault, type Fault } from './fault.ts'
import { payDebts } from './owed.ts'

/** Takes the power from a machine at once: nothing is flushed, nobody is told. Healing boots it from its disk. */
export async function powerCut(cluster: Cluster, node: Node): Promise<Fault> {
  const lost = onlyWhileRunning(node)
  const began = cluster.clock.now()
  const at = await node.machine.powerCut()
  return fault({
    kind: 'powerCut',
    target: node.name,
    ...(lost.length === 0 ? {} : { remains: `a boot does not bring ${lost.join(', ')} of ${node.name}` }),
    at,
    uncertaintyMs: at - began,
    now: () => cluster.clock.now(),
    undo: async () => {
      if (node.running) return undefined
      await node.machine.powerOn()
      await payDebts(node, true)
      return undefined
    },
  })
}

/** What the topology gives the running system only (provision/real-server.sh, node.sh start). */
function onlyWhileRunning({ spec }: Node): string[] {
  const mounts = spec.mounts.map(({ at }) => `the mount on ${at}`)
  return [...[...spec.loopback, ...spec.tunnel].map((address) => `the address ${address}`), ...mounts, ...spec.scripts]
}
