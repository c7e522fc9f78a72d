import { macAt } from '../../fabric/bytes.ts'
import type { CableId } from '../../fabric/index.ts'
import type { NodeSpec, Topology } from '../../topology/index.ts'

/** Whose NICs are watched: the client's and the directors', where everything passes that a client or a check can see. */
export function watchedNodes({ nodes }: Topology): NodeSpec[] {
  return nodes.filter(({ roles }) => roles.includes('client') || roles.includes('director'))
}

/**
 * One frame may be seen at several NICs; which sighting is the one that counts, so that each is told of once:
 * - of a frame to one machine, the sender's own, where the sender is watched; else the receiver's;
 * - of a broadcast or multicast frame, that at the network's first NIC that is watched now (the client's, where it has
 *   one), so that the times of such frames are all read from one clock. Adverts and gratuitous ARP are of this kind: what lies between
 *   two of them does not depend on how well two machines' clocks are known.
 */
export class Vantage {
  readonly #watched = new Set<CableId>()
  readonly #cableOf = new Map<string, CableId>()
  readonly #macOf = new Map<CableId, string>()
  readonly #onNetwork = new Map<string, CableId[]>()
  readonly #isWatchedNow: (cable: CableId) => boolean

  /** @param isWatchedNow - false of a NIC whose machine is off, or boots */
  constructor(topology: Topology, isWatchedNow: (cable: CableId) => boolean = () => true) {
    this.#isWatchedNow = isWatchedNow
    const watched = watchedNodes(topology).map(({ name }) => name)
    const clientsFirst = topology.nodes.toSorted((a, b) => rank(a) - rank(b))
    for (const { name, interfaces } of clientsFirst) {
      for (const nic of interfaces) {
        const cable: CableId = `${name}:${nic.name}`
        this.#cableOf.set(`${nic.network} ${nic.mac}`, cable)
        this.#macOf.set(cable, nic.mac)
        if (!watched.includes(name)) continue
        this.#watched.add(cable)
        this.#onNetwork.set(nic.network, [...(this.#onNetwork.get(nic.network) ?? []), cable])
      }
    }
  }

  /** The cable that a frame came from, if its sighting at `cable` is the one that counts. */
  source(cable: CableId, network: string, frame: Uint8Array): CableId | undefined {
    if (frame.length < 14) return undefined
    const from = this.#cableOf.get(`${network} ${macAt(frame, 6)}`)
    const toGroup = (frame[0]! & 1) === 1
    if (toGroup) return this.#first(network) === cable ? (from ?? strangerOn(network)) : undefined
    if (from === cable) return cable
    if (from !== undefined && this.#watched.has(from)) return undefined
    // Seen by a NIC that listens to all: the receiver's own sighting counts, where it is watched.
    const mine = macAt(frame, 0) === this.#macOf.get(cable)
    return mine ? (from ?? strangerOn(network)) : undefined
  }

  #first(network: string): CableId | undefined {
    return this.#onNetwork.get(network)?.find(this.#isWatchedNow)
  }
}

function rank({ roles }: NodeSpec): number {
  return roles.includes('client') ? 0 : 1
}

function strangerOn(network: string): CableId {
  return `unknown:${network}`
}
