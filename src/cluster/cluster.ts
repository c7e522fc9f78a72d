import type { ClusterClock, ClusterTime } from '../clock.ts'
import { UsageError } from '../errors.ts'
import type {
  BootMode,
  ClusterLateness,
  EngineCluster,
  LatenessSpan,
  NetworkChange,
  NetworkControl,
  NodeVersions,
} from '../engine/engine.ts'
import type { CableId, Wire } from '../fabric/index.ts'
import type { Role, Topology, VirtualService } from '../topology/index.ts'
import { Director } from './director.ts'
import { Doings } from './doings.ts'
import { Node } from './node.ts'
import { VirtualIp } from './vip.ts'

/** A running cluster, as a test holds it. Disposing of it takes every machine down. */
export class Cluster implements AsyncDisposable {
  readonly topology: Topology
  readonly nodes: readonly Node[]
  readonly vips: readonly VirtualIp[]
  /** How it came up, and how long that took, ms from the first process. */
  readonly boot: { readonly mode: BootMode; readonly ms: number }
  readonly #versions: Map<string, NodeVersions>
  /** What was done to its nodes on purpose, by faults and by commands. */
  readonly doings: Doings
  readonly #engine: EngineCluster

  constructor(engine: EngineCluster, boot: { mode: BootMode; ms: number }) {
    this.doings = new Doings(engine.clock)
    this.#engine = withNotes(engine, this.doings)
    this.topology = engine.topology
    this.boot = boot
    this.#versions = new Map(engine.versions)
    this.nodes = engine.topology.nodes.map((spec) => {
      const note = (what: string): void => this.doings.note(spec.name, what)
      return new Node(spec, engine.machines.get(spec.name)!, note)
    })
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

  /** What its nodes are made of now, by name. */
  get versions(): ReadonlyMap<string, NodeVersions> {
    return this.#versions
  }

  /** Keepalived's version on each director, by name: what windows follow from. */
  get keepaliveds(): ReadonlyMap<string, string> {
    return keepalivedsOf(this.#versions)
  }

  /** Notes that another keepalived runs on a node from now on. */
  runsKeepalived({ name }: Node, version: string): void {
    this.#versions.set(name, { ...this.#versions.get(name)!, keepalived: version })
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

/** Keepalived's versions, of those nodes that have one. */
export function keepalivedsOf(versions: ReadonlyMap<string, NodeVersions>): ReadonlyMap<string, string> {
  return new Map(
    [...versions].flatMap(([name, { keepalived }]) => (keepalived === undefined ? [] : [[name, keepalived]])),
  )
}

/** Cables and networks that are changed disturb the nodes on them. */
function withNotes(engine: EngineCluster, doings: Doings): EngineCluster {
  return new Proxy(engine, {
    get(_, property) {
      const value: unknown = Reflect.get(engine, property, engine)
      if (property === 'network') return networkWithNotes(value as NetworkControl, doings)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        if (property === 'unplug' || property === 'plug') doings.note(nodeOf(args[0]), `${property} ${String(args[0])}`)
        return Reflect.apply(value, engine, args)
      }
    },
  })
}

function nodeOf(cable: unknown): string {
  return typeof cable === 'string' ? (cable.split(':')[0] ?? '*') : '*'
}

/** What is changed lasts until it is undone; a partition and a network's kind have no one node. */
function networkWithNotes(network: NetworkControl, doings: Doings): NetworkControl {
  const lasting = async <C extends NetworkChange>(node: string, what: string, change: Promise<C>): Promise<C> => {
    const end = doings.begin(node, what)
    const made = await change
    return { ...made, undo: () => made.undo().finally(end) }
  }
  return {
    impair: (cable, ...rest) => lasting(nodeOf(cable), `impair ${cable}`, network.impair(cable, ...rest)),
    cut: (cable, direction) => lasting(nodeOf(cable), `cut ${cable} ${direction}`, network.cut(cable, direction)),
    partition: (name, groups) => lasting('*', `partition ${name}`, network.partition(name, groups)),
    setKind: (name, kind) => lasting('*', `${name} becomes a ${kind}`, network.setKind(name, kind)),
    admit: (name, stranger) => lasting('*', `a stranger claims ${stranger.address}`, network.admit(name, stranger)),
    flushMacs: (name) => network.flushMacs(name),
  }
}
