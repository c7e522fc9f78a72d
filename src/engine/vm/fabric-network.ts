import type { ClusterTime } from '../../clock.ts'
import type { CableId, Direction, Fabric, ImpairmentSpec, NetworkKind, StrangerSpec } from '../../fabric/index.ts'
import type { NetworkChange, NetworkControl } from '../network-control.ts'

/** The networks of a fabric; it can do everything. */
export class FabricNetwork implements NetworkControl {
  readonly #fabric: Fabric

  constructor(fabric: Fabric) {
    this.#fabric = fabric
  }

  async impair(cable: CableId, direction: Direction | 'both', spec: ImpairmentSpec): Promise<NetworkChange> {
    const { at, id } = await this.#fabric.impair(cable, direction, spec)
    return change(at, () => this.#fabric.unimpair(id))
  }

  /** As an impairment, because that is where the cable is; a rule would keep frames `out` off the wire altogether. */
  cut(cable: CableId, direction: Direction): Promise<NetworkChange> {
    return this.impair(cable, direction, { loss: 1 })
  }

  async partition(network: string, groups: readonly (readonly CableId[])[]): Promise<NetworkChange> {
    const { at, id } = await this.#fabric.partition(network, groups)
    return change(at, () => this.#fabric.unpartition(id))
  }

  async setKind(network: string, kind: NetworkKind): Promise<NetworkChange & { previous: NetworkKind }> {
    const { at, previous } = await this.#fabric.setKind(network, kind)
    const back = change(at, async () => (await this.#fabric.setKind(network, previous)).at)
    return { ...back, previous }
  }

  async admit(network: string, stranger: StrangerSpec): Promise<NetworkChange & { cable: CableId }> {
    const { at, id, cable } = await this.#fabric.admit(network, stranger)
    return { ...change(at, () => this.#fabric.dismiss(id)), cable }
  }

  flushMacs(network: string): Promise<ClusterTime> {
    return this.#fabric.flushMacs(network)
  }
}

function change(at: ClusterTime, takeBack: () => Promise<ClusterTime>): NetworkChange {
  let undone: Promise<ClusterTime> | undefined
  return { at, undo: () => (undone ??= takeBack()) }
}
