import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterClock, ClusterTime } from '../../clock.ts'
import { CaptureWriter } from '../../fabric/capture-writer.ts'
import { decodeFrame, Wire, type CableId, type Capture, type WireEvent } from '../../fabric/index.ts'
import { MonotonicClock } from '../../fabric/monotonic-clock.ts'
import type { Topology } from '../../topology/index.ts'
import type { SshConnection } from './ssh-connection.ts'
import { Tap } from './tap.ts'
import { Vantage, watchedNodes } from './vantage.ts'

/** Frames of several machines come out of order by less than this, as a rule; those that do not are put in place. */
const ORDER_MS = 150
/** No machine that runs lets one wait so long for what it saw. */
const SYNC_TIMEOUT_MS = 5_000

interface NetworkCapture {
  readonly writer: CaptureWriter
  /** The number of each cable's interface in it. */
  readonly index: ReadonlyMap<CableId, number>
}

/** What was seen on a cluster's networks by tcpdump in its client and directors. */
export class TcpdumpWire {
  readonly clock: ClusterClock
  readonly wire: Wire
  readonly captures: readonly Capture[]
  readonly #topology: Topology
  readonly #vantage: Vantage
  readonly #writers: ReadonlyMap<string, NetworkCapture>
  readonly #taps = new Map<string, Tap>()
  #waiting: { readonly event: WireEvent; readonly cameMs: number }[] = []
  #timer: NodeJS.Timeout | undefined
  /** The widest that a clock was unsure in the cluster's life, ms. */
  #worstMs = 0

  private constructor(
    topology: Topology,
    clock: MonotonicClock,
    writers: ReadonlyMap<string, NetworkCapture>,
    captures: Capture[],
  ) {
    this.#topology = topology
    this.#vantage = new Vantage(topology, (cable) => this.#taps.has(cable.split(':')[0]!))
    this.clock = clock
    this.#writers = writers
    this.captures = captures
    this.wire = new Wire(clock, () => this.#sync())
  }

  static async start(topology: Topology, captureDir: string): Promise<TcpdumpWire> {
    const clock = MonotonicClock.startNow()
    await mkdir(captureDir, { recursive: true })
    const captures = topology.networks.map(({ name }) => ({ network: name, path: join(captureDir, `${name}.pcapng`) }))
    const writers = new Map<string, NetworkCapture>()
    for (const { network, path } of captures) {
      const cables = topology.nodes.flatMap(({ name, interfaces }) =>
        interfaces.filter((nic) => nic.network === network).map((nic): CableId => `${name}:${nic.name}`),
      )
      const all: CableId[] = [...cables, `unknown:${network}`]
      const writer = await CaptureWriter.create(path, all, clock.zero)
      writers.set(network, { writer, index: new Map(all.map((cable, index) => [cable, index])) })
    }
    return new TcpdumpWire(topology, clock, writers, captures)
  }

  /** Begins to watch a machine's NICs, or goes on after it has booted. Of a machine that is not watched, nothing. */
  async watch(name: string, ssh: SshConnection): Promise<void> {
    const node = watchedNodes(this.#topology).find((one) => one.name === name)
    if (!node) return
    this.#taps.get(name)?.close()
    const nics = node.interfaces.map((nic) => ({
      name: nic.name,
      onFrame: (hostEpochMs: number, frame: Uint8Array) =>
        this.#take(`${name}:${nic.name}`, nic.network, hostEpochMs, frame),
    }))
    this.#taps.set(name, await Tap.open(ssh, nics))
  }

  /** A machine lost its power, or its connection. */
  forget(name: string): void {
    this.#taps.get(name)?.close()
    this.#taps.delete(name)
  }

  /** How unsure the watched machines' clocks are against each other now, ms: what a time of an event may be wrong by. */
  get precisionMs(): number {
    const now = Math.max(
      0,
      ...[...this.#taps.values()].filter(({ clock }) => clock.known).map(({ clock }) => clock.uncertaintyMs),
    )
    this.#worstMs = Math.max(this.#worstMs, now)
    return now
  }

  /** The worst of {@link TcpdumpWire.precisionMs} whenever that was asked for. */
  get worstPrecisionMs(): number {
    return Math.max(this.#worstMs, this.precisionMs)
  }

  append(event: WireEvent): void {
    this.wire.append([event])
  }

  async close(): Promise<void> {
    for (const tap of this.#taps.values()) tap.close()
    this.#taps.clear()
    this.#release(Infinity)
    clearTimeout(this.#timer)
    for (const { writer } of this.#writers.values()) await writer.close()
  }

  #take(cable: CableId, network: string, hostEpochMs: number, frame: Uint8Array): void {
    const from = this.#vantage.source(cable, network, frame)
    if (from === undefined) return
    const at = (hostEpochMs - this.clock.epochMs) as ClusterTime
    const capture = this.#writers.get(network)!
    capture.writer.record(capture.index.get(from) ?? 0, at, frame)
    const event = decodeFrame(frame, { at, network, cable: from })
    if (!event) return
    this.#waiting.push({ event, cameMs: performance.now() })
    this.#timer ??= setTimeout(() => this.#release(performance.now() - ORDER_MS), ORDER_MS)
  }

  /** Hands on what came before `until`, in the order of its times. */
  #release(until: number): void {
    this.#timer = undefined
    const due = this.#waiting.filter(({ cameMs }) => cameMs <= until).map(({ event }) => event)
    this.#waiting = this.#waiting.filter(({ cameMs }) => cameMs > until)
    if (due.length > 0) this.wire.append(due.sort((a, b) => a.at - b.at))
    const [next] = this.#waiting
    if (next) this.#timer = setTimeout(() => this.#release(performance.now() - ORDER_MS), ORDER_MS)
  }

  async #sync(): Promise<void> {
    // A machine that stands still has nothing to say.
    const bound = new Promise((resolve) => setTimeout(resolve, SYNC_TIMEOUT_MS).unref())
    const asked = [...this.#taps.values()].map((tap) => tap.askTime().catch(() => undefined))
    await Promise.race([Promise.all(asked), bound])
    clearTimeout(this.#timer)
    this.#release(Infinity)
  }
}
