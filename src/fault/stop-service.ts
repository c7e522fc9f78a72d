import type { Cluster, Node } from '../cluster/index.ts'
import { strike, type Fault } from './fault.ts'
import { unitLayer, unitState } from './unit.ts'

/**
 * Stops a systemd unit, as an operator would. Healing starts it again, if it ran before.
 *
 * @throws UsageError `LVSLAB_E_NO_UNIT`
 */
export async function stopService(cluster: Cluster, node: Node, unit: string): Promise<Fault> {
  const undo = unitLayer(node, unit, await unitState(node, unit), 'inactive')
  return strike(cluster, {
    kind: 'stopService',
    target: `${node.name}:${unit}`,
    inflict: () => node.service(unit).stop(),
    undo,
  })
}
