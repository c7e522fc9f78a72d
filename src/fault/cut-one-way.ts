import type { Cluster, Node } from '../cluster/index.ts'
import type { CableId, Direction } from '../fabric/index.ts'
import { fault, type Fault } from './fault.ts'
import { cableOf } from './impair.ts'

/**
 * Cuts a cable one way: `in`, and the machine hears but is not heard; `out`, and it is heard but hears nothing. The
 * carrier stays. Healing mends it.
 *
 * @param where - a cable, or a node: the cable of its first interface
 * @throws UsageError `LVSLAB_E_FABRIC_NO_CABLE`
 */
export async function cutOneWay(cluster: Cluster, where: Node | CableId, direction: Direction): Promise<Fault> {
  const cable = cableOf(where)
  const { at, undo } = await cluster.engine.network.cut(cable, direction)
  return fault({ kind: 'cutOneWay', target: `${cable}:${direction}`, at, now: () => cluster.clock.now(), undo })
}
