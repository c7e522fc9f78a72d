import type { Cluster, Node } from '../cluster/index.ts'
import { strike, type Fault } from './fault.ts'
import { unitLayer, unitState } from './unit.ts'

/**
 * Starts a systemd unit: one that should not run, or again one that another fault has stopped. Healing stops it, unless
 * it ran before.
 *
 * @throws UsageError `LVSLAB_E_NO_UNIT`
 */
export async function startService(cluster: Cluster, node: Node, unit: string): Promise<Fault> {
  const undo = unitLayer(node, unit, await unitState(node, unit), 'active')
  return strike(cluster, {
    kind: 'startService',
    target: `${node.name}:${unit}`,
    inflict: () => node.service(unit).start(),
    undo,
  })
}
