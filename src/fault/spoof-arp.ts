import type { Cluster } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { MacPlan } from '../topology/mac.ts'
import { fault, type Fault } from './fault.ts'

export interface SpoofOptions {
  /** Which address it claims. Default: the first VIP on the network. */
  readonly address?: string
  /** Between two announcements, ms, each in both forms of gratuitous ARP. Default 1000. */
  readonly everyMs?: number
  /** It answers ARP requests for the address too. Default false. */
  readonly answers?: boolean
  /** Its MAC address. Default: one that nobody else in the cluster has. */
  readonly mac?: string
}

export interface Spoof extends Fault {
  readonly mac: string
}

let strangers = 0

/**
 * Plugs a stranger into a network: a machine that the fabric plays, on a cable of its own, which claims a VIP and swallows
 * what it is sent. The wire and the capture show it as any other machine. Healing pulls its cable; what others believe
 * until then they go on believing, which {@link Fault.remains} says.
 *
 * @throws UsageError `LVSLAB_E_FAULT_TARGET` for a network without a VIP when no address is named, `LVSLAB_E_STRANGER`
 */
export async function spoofArp(cluster: Cluster, network: string, options: SpoofOptions = {}): Promise<Spoof> {
  const address = options.address ?? cluster.topology.vips.find((vip) => vip.network === network)?.address
  if (address === undefined) {
    throw new UsageError('LVSLAB_E_FAULT_TARGET', `network ${network} has no VIP to claim`, {
      todo: `name an address: arp-spoof ${network}:ADDRESS`,
    })
  }
  const mac = options.mac ?? new MacPlan(cluster.topology.name).next(`stranger-${++strangers}`, 'eth0')
  const { everyMs, answers } = options
  const { at, undo } = await cluster.engine.network.admit(network, {
    address,
    mac,
    ...(everyMs === undefined ? {} : { everyMs }),
    ...(answers === undefined ? {} : { answers }),
  })
  const remains =
    `who believed the stranger still sends what is for ${address} to ${mac}, ` +
    'until the owner announces it again or the entry in the ARP cache is checked (arp(7))'
  const parts = { kind: 'spoofArp', target: `${network}:${address} by ${mac}`, remains, at, undo }
  return { ...fault({ ...parts, now: () => cluster.clock.now() }), mac }
}
