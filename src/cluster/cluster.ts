import type { ClusterClock, ClusterTime } from '../clock.ts'
import { UsageError } from '../errors.ts'
import type { BootMode, ClusterLateness, EngineCluster, LatenessSpan } from '../engine/engine.ts'
import type { CableId, Wire } from '../fabric/index.ts'
import type { Role, Topology, VirtualService } from '../topology/index.ts'
import { Director } from './director.ts'
import { Node } from './node.ts'
import { VirtualIp } from './vip.ts'

/** A running cluster, as a test holds it. Disposing of it takes every machine down. */
export class Cluster implements AsyncDisposable {
  readonly topology: Topology
  readonly nodes: readonly Node[]
  readonly vips: readonly VirtualIp[]
  /** How it came up, and how long that took, ms from the first process. */
  readonly boot: { readonly mode: BootMode; readonly ms: number }
  readonly #engine: EngineCluster

  constructor(engine: EngineCluster, boot: { mode: BootMode; ms: number }) {
    this.#engine = engine
    this.topology = engine.topology
    this.boot = boot
    this.nodes = engine.topology.nodes.map((spec) => new Node(spec, engine.machines.get(spec.name)!))
    this.vips = engine.topology.vips.map(
      (spec) =>
        new VirtualIp(
          spec,
          spec.candidates.map((name) => this.node(name)),
          engine.wire,
        ),
    )
  }

  get clock(): ClusterClock {
    return this.#engine.clock
  }

  get wire(): Wire {
    return this.#engine.wire
  }

  get captures(): EngineCluster['captures'] {
    return this.#engine.captures
  }

  /** @throws UsageError `LVSLAB_E_NODE_UNKNOWN` */
  node(name: string): Node {
    const found = this.nodes.find((node) => node.name === name)
    if (found) return found
    throw new UsageError('LVSLAB_E_NODE_UNKNOWN', `${this.topology.name} has no node "${name}"`, {
      seen: `nodes: ${this.topology.nodes.map((node) => node.name).join(', ')}`,
    })
  }

  withRole(role: Role): Node[] {
    return this.nodes.filter((node) => node.is(role))
  }

  /** The first node with a role; for topologies that have just one. */
  the(role: Role): Node {
    const found = this.withRole(role)[0]
    if (found) return found
    throw new UsageError('LVSLAB_E_ROLE_UNKNOWN', `${this.topology.name} has no node with the role ${role}`)
  }

  get client(): Node {
    return this.the('client')
  }

  /** The first virtual IP. */
  get vip(): VirtualIp {
    const first = this.vips[0]
    if (first) return first
    throw new UsageError('LVSLAB_E_NO_VIP', `${this.topology.name} has no VIP`)
  }

  /** The first virtual service of the topology. */
  get service(): VirtualService {
    const first = this.topology.virtualServices[0]
    if (first) return first
    throw new UsageError('LVSLAB_E_NO_SERVICE', `${this.topology.name} has no virtual service`)
  }

  /** Where a client asks for a virtual service: the first one, if none is named. */
  url(service: VirtualService = this.service, path = '/'): string {
    const { address, port } = service
    return `http://${address}${port === 80 ? '' : `:${port}`}${path}`
  }

  director(node: Node): Director {
    // What a table comes to show depends on the director and on those whom it watches, not on a client under load.
    const machines = [node, ...this.withRole('real-server')].map(({ name }) => name)
    return new Director(node, this.clock, async (since) => (await this.lateness(since, { machines })).machineMs)
  }

  /** The node that has this MAC address, or had it given by the topology. */
  nodeByMac(mac: string | undefined): Node | undefined {
    return this.nodes.find((node) => node.spec.interfaces.some((nic) => nic.mac === mac))
  }

  unplug(cable: CableId): Promise<ClusterTime> {
    return this.#engine.unplug(cable)
  }

  plug(cable: CableId): Promise<ClusterTime> {
    return this.#engine.plug(cable)
  }

  lateness(since: ClusterTime, span?: LatenessSpan): Promise<ClusterLateness> {
    return this.#engine.lateness(since, span)
  }

  /** The engine below; for faults that reach deeper than nodes and cables. */
  get engine(): EngineCluster {
    return this.#engine
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#engine[Symbol.asyncDispose]())
  }
}
