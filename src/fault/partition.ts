import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import type { CableId } from '../fabric/index.ts'
import { fault, type Fault } from './fault.ts'

/**
 * Splits a network: nothing passes between the groups, and who is in none is in one more group with the others. Every
 * carrier stays. Healing makes it one again.
 *
 * @param groups - of cables, or of nodes: all cables of a node on that network
 * @throws UsageError `LVSLAB_E_FAULT_TARGET` for a node that is not on the network, `LVSLAB_E_FABRIC_GROUPS`
 */
export async function partition(
  cluster: Cluster,
  network: string,
  groups: readonly (readonly (Node | CableId)[])[],
): Promise<Fault> {
  const cables = groups.map((group) => group.flatMap((one) => (typeof one === 'string' ? one : cablesOn(network, one))))
  const { at, undo } = await cluster.engine.network.partition(network, cables)
  const named = groups.map((group) => group.map((one) => (typeof one === 'string' ? one : one.name)).join(','))
  return fault({
    kind: 'partition',
    target: `${network}:${named.join('/')}`,
    at,
    now: () => cluster.clock.now(),
    undo,
  })
}

function cablesOn(network: string, node: Node): CableId[] {
  const own = node.spec.interfaces.filter((nic) => nic.network === network).map(({ name }) => node.cable(name))
  if (own.length > 0) return own
  throw new UsageError('LVSLAB_E_FAULT_TARGET', `${node.name} is not on network ${network}`)
}
