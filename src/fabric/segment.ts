import { u48, u8 } from './bytes.ts'
import type { CablePort } from './cable-port.ts'
import type { FabricNetwork } from './types.ts'

export interface Learnt {
  readonly mac: number
  readonly previous: CablePort | undefined
}

/** One layer-2 network: its ports, and for a switch the table of which MAC address is behind which of them. */
export class Segment {
  readonly network: FabricNetwork
  readonly ports: CablePort[] = []
  readonly #table = new Map<number, CablePort>()

  constructor(network: FabricNetwork) {
    this.network = network
  }

  /**
   * Notes where a frame's sender is (IEEE 802.1Q section 8.7, without ageing: a cluster lives for minutes, and a
   * machine that leaves takes its port's entries along). Answers what is new, if anything is.
   */
  learn(port: CablePort, frame: Uint8Array): Learnt | undefined {
    if (this.network.kind === 'hub' || isGroup(frame, 6)) return undefined
    const mac = u48(frame, 6)
    const previous = this.#table.get(mac)
    if (previous === port) return undefined
    this.#table.set(mac, port)
    return { mac, previous }
  }

  /** Where a frame goes: to its receiver's port if that is known, else to all but the one that it came from. */
  receivers(from: CablePort, frame: Uint8Array): readonly CablePort[] {
    const known = this.network.kind === 'hub' || isGroup(frame, 0) ? undefined : this.#table.get(u48(frame, 0))
    if (known !== undefined) return known === from ? [] : [known]
    return this.ports.filter((port) => port !== from)
  }

  /** The machine behind a port is gone: a frame for it is flooded until it speaks elsewhere. */
  forget(port: CablePort): void {
    for (const [mac, learnt] of this.#table) if (learnt === port) this.#table.delete(mac)
  }
}

/** Multicast or broadcast: the lowest bit of the first byte (IEEE 802 section 8.2). */
function isGroup(frame: Uint8Array, offset: number): boolean {
  return (u8(frame, offset) & 1) === 1
}
