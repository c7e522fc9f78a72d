import type { Cluster } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { fault, type Fault } from './fault.ts'

/**
 * Makes a switched network a hub: everybody is given every frame. Healing makes it a switch again, which has to learn
 * anew who is where.
 *
 * @throws UsageError `LVSLAB_E_FAULT_TARGET` when it is a hub already, `LVSLAB_E_FABRIC_NO_NETWORK`
 */
export async function makeHub(cluster: Cluster, network: string): Promise<Fault> {
  const { at, previous, undo } = await cluster.engine.network.setKind(network, 'hub')
  if (previous === 'hub') throw new UsageError('LVSLAB_E_FAULT_TARGET', `${network} is a hub already`)
  return fault({ kind: 'makeHub', target: network, at, now: () => cluster.clock.now(), undo })
}
