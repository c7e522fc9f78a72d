import type { ClusterTime } from '../clock.ts'
import { BlockRules } from './block-rules.ts'
import { CablePort, type PortObserver } from './cable-port.ts'
import { CaptureWriter } from './capture-writer.ts'
import { decodeFrame } from './decode.ts'
import type { PortCounts } from './fabric-stats.ts'
import { ETHERNET_HEADER_BYTES } from './frame-layout.ts'
import { HEADER_BYTES } from './frame-parser.ts'
import { macOf } from './mac.ts'
import type { MonotonicClock } from './monotonic-clock.ts'
import { Segment } from './segment.ts'
import type { ThreadSetup } from './thread-protocol.ts'
import type { CableEvent, CableId, WireEvent } from './types.ts'

interface Line {
  readonly port: CablePort
  readonly segment: Segment
  readonly capture: CaptureWriter | undefined
  /** The cable's number among its network's, which is its interface in the capture. */
  readonly index: number
}

/** The forwarding itself: what runs in the fabric's thread, without the messages to and from it. */
export class FabricCore implements PortObserver {
  readonly rules = new BlockRules()
  readonly counts = { frames: 0, bytes: 0, full: 0, unplugged: 0, blocked: 0, malformed: 0 }
  readonly #clock: MonotonicClock
  readonly #emit: (event: WireEvent) => void
  readonly #lines = new Map<CablePort, Line>()
  readonly #byCable = new Map<CableId, Line>()
  readonly #captures: CaptureWriter[] = []
  readonly #unsent = new Set<CablePort>()

  constructor(clock: MonotonicClock, emit: (event: WireEvent) => void) {
    this.#clock = clock
    this.#emit = emit
  }

  async open({ networks, cables }: ThreadSetup): Promise<void> {
    for (const network of networks) {
      const own = cables.filter((cable) => cable.network === network.name)
      const segment = new Segment(network)
      let capture: CaptureWriter | undefined
      if (network.capturePath !== undefined) {
        const ids = own.map(({ id }) => id)
        capture = await CaptureWriter.create(network.capturePath, ids, this.#clock.zero)
        this.#captures.push(capture)
      }
      for (const [index, cable] of own.entries()) {
        const port = new CablePort(cable.id, this)
        const line: Line = { port, segment, capture, index }
        segment.ports.push(port)
        this.#lines.set(port, line)
        this.#byCable.set(cable.id, line)
        await port.listen(cable.socketPath)
      }
    }
  }

  setPlugged(cable: CableId, plugged: boolean): ClusterTime {
    const { port, segment } = this.#line(cable)
    // What was forwarded before this moment still leaves; a frame is never taken back.
    port.flush()
    const at = this.#clock.now()
    if (port.plugged === plugged) return at
    port.plugged = plugged
    if (!plugged) segment.forget(port)
    this.#emitCable(port, plugged ? 'plugged' : 'unplugged', at)
    return at
  }

  /** A frame as if the machine at the end of `cable` had sent it, marked in the capture. */
  inject(cable: CableId, record: Uint8Array): ClusterTime {
    const at = this.#clock.now()
    this.#enter(this.#line(cable), record, at, 'injected by lvslab')
    return at
  }

  onRecord(port: CablePort, record: Uint8Array): void {
    this.#enter(this.#lines.get(port)!, record, this.#clock.now())
  }

  onMalformed(): void {
    this.counts.malformed++
  }

  onConnection(port: CablePort, change: 'connected' | 'disconnected'): void {
    if (change === 'disconnected') this.#lines.get(port)!.segment.forget(port)
    this.#emitCable(port, change, this.#clock.now())
  }

  portCounts(): Map<CableId, PortCounts> {
    return new Map([...this.#lines.keys()].map(({ id, counts }) => [id, counts]))
  }

  get uncaptured(): number {
    return this.#captures.reduce((sum, capture) => sum + capture.uncaptured, 0)
  }

  async flushCaptures(): Promise<void> {
    await everyOne(this.#captures.map((capture) => capture.flush()))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lines.keys()].map((port) => port.close()))
    await everyOne(this.#captures.map((capture) => capture.close()))
  }

  #enter({ port, segment, capture, index }: Line, record: Uint8Array, at: ClusterTime, comment?: string): void {
    const frame = record.subarray(HEADER_BYTES)
    const network = segment.network.name
    if (frame.length < ETHERNET_HEADER_BYTES) return void this.counts.malformed++
    if (!port.plugged) return void this.counts.unplugged++
    if (this.rules.stopsEntry(network, port.id, frame)) return void this.counts.blocked++
    const learnt = segment.learn(port, frame)
    if (learnt !== undefined) {
      const previous = learnt.previous?.id
      this.#emit({ type: 'learn', at, network, cable: port.id, mac: macOf(learnt.mac), previous })
    }
    if (!this.#forward(segment, port, record, frame)) return
    port.counts.sent++
    this.counts.frames++
    this.counts.bytes += frame.length
    capture?.record(index, at, frame, comment)
    const event = decodeFrame(frame, { at, network, cable: port.id })
    if (event !== undefined) this.#emit(event)
  }

  /** False if rules kept the frame from all who would have had it: then it never was on the wire. */
  #forward(segment: Segment, from: CablePort, record: Uint8Array, frame: Uint8Array): boolean {
    const receivers = segment.receivers(from, frame)
    let stopped = 0
    for (const to of receivers) {
      if (this.rules.stopsExit(segment.network.name, from.id, to.id, frame)) stopped++
      else if (to.plugged) this.#send(to, record)
    }
    this.counts.blocked += stopped
    return stopped === 0 || stopped < receivers.length
  }

  #send(to: CablePort, record: Uint8Array): void {
    if (!to.enqueue(record)) return void this.counts.full++
    if (this.#unsent.size === 0) setImmediate(() => this.#sendAll())
    this.#unsent.add(to)
  }

  /** Once in a loop turn, after all sockets were read. */
  #sendAll(): void {
    for (const port of this.#unsent) port.flush()
    this.#unsent.clear()
  }

  #emitCable(port: CablePort, change: CableEvent['change'], at: ClusterTime): void {
    this.#emit({ type: 'cable', at, network: this.#lines.get(port)!.segment.network.name, cable: port.id, change })
  }

  #line(cable: CableId): Line {
    const line = this.#byCable.get(cable)
    if (line === undefined) throw new Error(`no such cable: ${cable}`)
    return line
  }
}

/** Waits for all, then throws what went wrong first: one capture's failure must not cut another one short. */
async function everyOne(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises)
  await Promise.all(promises)
}
