import { u48, u8 } from './bytes.ts'
import type { CablePort } from './cable-port.ts'
import type { CableId, FabricNetwork, NetworkKind, PartitionId } from './types.ts'

export interface Learnt {
  readonly mac: number
  readonly previous: CablePort | undefined
  /** Where it was learnt last, if elsewhere, also when the table has forgotten it since. */
  readonly movedFrom: CablePort | undefined
}

/** Ports that reach each other, and for a switch the table of which MAC address is behind which of them. */
interface Island {
  readonly ports: CablePort[]
  readonly table: Map<number, CablePort>
}

/** One layer-2 network: a single island, unless it is partitioned. */
export class Segment {
  readonly name: string
  #kind: NetworkKind
  readonly #ports: CablePort[] = []
  readonly #partitions = new Map<PartitionId, ReadonlyMap<CableId, number>>()
  #islands = new Map<CablePort, Island>()
  /** Where each MAC address was learnt last; nothing takes it away. */
  readonly #last = new Map<number, CablePort>()

  constructor({ name, kind }: FabricNetwork) {
    this.name = name
    this.#kind = kind
  }

  /** What the switch has learnt stays. */
  add(port: CablePort): void {
    const neighbour = this.#ports.find((other) => this.#groupsOf(other) === this.#groupsOf(port))
    const island = (neighbour && this.#islands.get(neighbour)) ?? { ports: [], table: new Map<number, CablePort>() }
    island.ports.push(port)
    this.#ports.push(port)
    this.#islands.set(port, island)
  }

  /** Takes a port out, and with it what was learnt on it. */
  remove(port: CablePort): void {
    this.forget(port)
    const { ports } = this.#islands.get(port)!
    ports.splice(ports.indexOf(port), 1)
    this.#ports.splice(this.#ports.indexOf(port), 1)
    this.#islands.delete(port)
  }

  get kind(): NetworkKind {
    return this.#kind
  }

  set kind(kind: NetworkKind) {
    this.#kind = kind
    this.flush()
  }

  /** Cables of different groups no longer reach each other; those of no group are one more group. */
  split(id: PartitionId, groups: readonly (readonly CableId[])[]): void {
    this.#partitions.set(id, new Map(groups.flatMap((group, index) => group.map((cable) => [cable, index]))))
    this.#settle()
  }

  /** Takes a partition back, if this network has it. */
  join(id: PartitionId): void {
    if (this.#partitions.delete(id)) this.#settle()
  }

  /**
   * Notes where a frame's sender is (IEEE 802.1Q section 8.7, without ageing: a cluster lives for minutes, and a
   * machine that leaves takes its port's entries along). Answers what is new, if anything is.
   */
  learn(port: CablePort, frame: Uint8Array): Learnt | undefined {
    if (this.#kind === 'hub' || isGroup(frame, 6)) return undefined
    const { table } = this.#islands.get(port)!
    const mac = u48(frame, 6)
    const previous = table.get(mac)
    if (previous === port) return undefined
    table.set(mac, port)
    const last = this.#last.get(mac)
    this.#last.set(mac, port)
    return { mac, previous, movedFrom: last === port ? undefined : last }
  }

  /** Where a frame goes: to its receiver's port if that is known, else to all but the one that it came from. */
  receivers(from: CablePort, frame: Uint8Array): readonly CablePort[] {
    const { ports, table } = this.#islands.get(from)!
    const known = this.#kind === 'hub' || isGroup(frame, 0) ? undefined : table.get(u48(frame, 0))
    if (known !== undefined) return known === from ? [] : [known]
    return ports.filter((port) => port !== from)
  }

  /** The machine behind a port is gone: a frame for it is flooded until it speaks elsewhere. */
  forget(port: CablePort): void {
    const { table } = this.#islands.get(port)!
    for (const [mac, learnt] of table) if (learnt === port) table.delete(mac)
  }

  /** Forgets all that was learnt. */
  flush(): void {
    for (const { table } of this.#islands.values()) table.clear()
  }

  #groupsOf(port: CablePort): string {
    return [...this.#partitions.values()].map((groupOf) => groupOf.get(port.id) ?? 'rest').join(' ')
  }

  /** Islands are made anew, each with an empty table. Ports are together if no partition separates them. */
  #settle(): void {
    const byGroups = new Map<string, Island>()
    this.#islands = new Map(
      this.#ports.map((port) => {
        const groups = this.#groupsOf(port)
        const island = byGroups.get(groups) ?? { ports: [], table: new Map<number, CablePort>() }
        byGroups.set(groups, island)
        island.ports.push(port)
        return [port, island]
      }),
    )
  }
}

/** Multicast or broadcast: the lowest bit of the first byte (IEEE 802 section 8.2). */
function isGroup(frame: Uint8Array, offset: number): boolean {
  return (u8(frame, offset) & 1) === 1
}
