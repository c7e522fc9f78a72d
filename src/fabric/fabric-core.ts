import type { ClusterTime } from '../clock.ts'
import { Bindings } from './bindings.ts'
import { BlockRules } from './block-rules.ts'
import type { CablePort, PortObserver } from './cable-port.ts'
import { decodeFrame } from './decode.ts'
import type { CableFrame } from './due-queue.ts'
import { ETHERNET_HEADER_BYTES } from './frame-layout.ts'
import { HEADER_BYTES } from './frame-parser.ts'
import type { ImpairmentId, ImpairmentOrder } from './impairment.ts'
import { Impairments } from './impairments.ts'
import { ipOf, macOf } from './mac.ts'
import type { MonotonicClock } from './monotonic-clock.ts'
import type { Segment } from './segment.ts'
import type { ThreadSetup } from './thread-protocol.ts'
import type { CableEvent, CableId, NetworkKind, PartitionId, WireEvent } from './types.ts'
import { Wiring } from './wiring.ts'

/** The forwarding itself: what runs in the fabric's thread, without the messages to and from it. */
export class FabricCore implements PortObserver {
  readonly rules = new BlockRules()
  readonly wiring = new Wiring()
  readonly impairments: Impairments
  readonly counts = { frames: 0, bytes: 0, full: 0, unplugged: 0, blocked: 0, malformed: 0 }
  readonly #clock: MonotonicClock
  readonly #emit: (event: WireEvent) => void
  readonly #unsent = new Set<CablePort>()
  readonly #bindings = new Bindings()
  #partitions = 0

  constructor(clock: MonotonicClock, emit: (event: WireEvent) => void) {
    this.#clock = clock
    this.#emit = emit
    this.impairments = new Impairments(clock, {
      in: (port, frame, at) => this.#enter(port, frame, at),
      out: (port, { record, from }, at) => this.#send(port, record, from, at),
    })
  }

  open(setup: ThreadSetup): Promise<void> {
    return this.wiring.open(setup, this)
  }

  setPlugged(cable: CableId, plugged: boolean): ClusterTime {
    const { port, segment } = this.wiring.line(cable)
    // What was handed over to the machine before this moment still leaves; what travels on the cable does not.
    port.flush()
    const at = this.#clock.now()
    if (port.plugged === plugged) return at
    port.plugged = plugged
    if (!plugged) {
      segment.forget(port)
      this.#bindings.forget(port)
      this.counts.unplugged += (port.ways.in?.drop() ?? 0) + (port.ways.out?.drop() ?? 0)
    }
    this.#emitCable(port, plugged ? 'plugged' : 'unplugged', at)
    return at
  }

  impair({ cable, direction, spec }: ImpairmentOrder): { at: ClusterTime; id: ImpairmentId } {
    const id = this.impairments.add(this.wiring.line(cable).port, direction, spec)
    return { id, at: this.#clock.now() }
  }

  partition(network: string, groups: readonly (readonly CableId[])[]): { at: ClusterTime; id: PartitionId } {
    const id = ++this.#partitions as PartitionId
    this.wiring.segment(network).split(id, groups)
    return { id, at: this.#clock.now() }
  }

  unpartition(id: PartitionId): void {
    for (const segment of this.wiring.segments) segment.join(id)
  }

  setKind(network: string, kind: NetworkKind): { at: ClusterTime; previous: NetworkKind } {
    const segment = this.wiring.segment(network)
    const previous = segment.kind
    segment.kind = kind
    return { previous, at: this.#clock.now() }
  }

  /** A cable whose machine is played here: `player` is given what is sent to it. */
  plugIn(network: string, cable: CableId, mac: string, player: (record: Uint8Array) => void): CablePort {
    const port = this.wiring.add(network, cable, mac, this)
    port.player = player
    this.#emitCable(port, 'plugged', this.#clock.now())
    return port
  }

  /** What such a machine sends. */
  play(port: CablePort, record: Uint8Array, comment: string): void {
    this.#arrive(port, { record, comment }, this.#clock.now())
  }

  /** Pulls such a cable for good. */
  pullOut(port: CablePort): ClusterTime {
    const at = this.setPlugged(port.id, false)
    port.player = undefined
    this.wiring.remove(port)
    return at
  }

  /** A frame as if the machine at the end of `cable` had sent it, marked in the capture. */
  inject(cable: CableId, record: Uint8Array): ClusterTime {
    const at = this.#clock.now()
    this.#arrive(this.wiring.line(cable).port, { record, comment: 'injected by lvslab' }, at)
    return at
  }

  onRecord(port: CablePort, record: Uint8Array): void {
    this.#arrive(port, { record }, this.#clock.now())
  }

  onMalformed(): void {
    this.counts.malformed++
  }

  onConnection(port: CablePort, change: 'connected' | 'disconnected'): void {
    if (change === 'disconnected') {
      this.wiring.lineOf(port).segment.forget(port)
      this.#bindings.forget(port)
      // It was for a machine that is gone. What that machine sent still arrives.
      port.ways.out?.drop()
    }
    this.#emitCable(port, change, this.#clock.now())
  }

  async close(): Promise<void> {
    this.impairments.close()
    await this.wiring.close()
  }

  /** From the machine onto the cable. */
  #arrive(port: CablePort, frame: CableFrame, at: ClusterTime): void {
    if (frame.record.length < HEADER_BYTES + ETHERNET_HEADER_BYTES) return void this.counts.malformed++
    if (!port.plugged) return void this.counts.unplugged++
    if (port.ways.in === undefined) this.#enter(port, frame, at)
    else this.impairments.travel(port.ways.in, frame, at)
  }

  /** From the cable into the network. */
  #enter(port: CablePort, { record, comment }: CableFrame, at: ClusterTime): void {
    const { segment, capture, index } = this.wiring.lineOf(port)
    const frame = record.subarray(HEADER_BYTES)
    const network = segment.name
    if (this.rules.stopsEntry(network, port.id, frame)) return void this.counts.blocked++
    const learnt = segment.learn(port, frame)
    if (learnt !== undefined) {
      const previous = learnt.previous?.id
      const moved = learnt.movedFrom === undefined ? {} : { movedFrom: learnt.movedFrom.id }
      this.#emit({ type: 'learn', at, network, cable: port.id, mac: macOf(learnt.mac), previous, ...moved })
    }
    this.#bindings.sent(port, frame)
    if (!this.#forward(segment, port, record, at)) return
    port.counts.sent++
    this.counts.frames++
    this.counts.bytes += frame.length
    capture?.record(index, at, frame, comment)
    const event = decodeFrame(frame, { at, network, cable: port.id })
    if (event !== undefined) this.#emit(event)
  }

  /** False if rules kept the frame from all who would have had it: then it never was on the wire. */
  #forward(segment: Segment, from: CablePort, record: Uint8Array, at: ClusterTime): boolean {
    const frame = record.subarray(HEADER_BYTES)
    const receivers = segment.receivers(from, frame)
    let stopped = 0
    for (const to of receivers) {
      if (this.rules.stopsExit(segment.name, from.id, to.id, frame)) stopped++
      else if (!to.plugged) continue
      else if (to.ways.out === undefined) this.#send(to, record, from.id, at)
      else this.impairments.travel(to.ways.out, { record, from: from.id }, at)
    }
    this.counts.blocked += stopped
    return stopped === 0 || stopped < receivers.length
  }

  #send(to: CablePort, record: Uint8Array, from: CableId | undefined, at: ClusterTime): void {
    if (!to.enqueue(record)) return void this.counts.full++
    if (from !== undefined) this.#noteBinding(to, record.subarray(HEADER_BYTES), from, at)
    if (this.#unsent.size === 0) setImmediate(() => this.#sendAll())
    this.#unsent.add(to)
  }

  /** Once in a loop turn, after all sockets were read. */
  #sendAll(): void {
    for (const port of this.#unsent) port.flush()
    this.#unsent.clear()
  }

  #noteBinding(to: CablePort, frame: Uint8Array, from: CableId, at: ClusterTime): void {
    if (!to.connected) return
    const { segment, mac } = this.wiring.lineOf(to)
    const told = this.#bindings.handed(to, mac, frame)
    if (told === undefined) return
    const previous = told.previous === undefined ? undefined : macOf(told.previous)
    const who = { network: segment.name, cable: to.id, from }
    this.#emit({ type: 'binding', at, ...who, ip: ipOf(told.ip), mac: macOf(told.mac), previous })
  }

  #emitCable(port: CablePort, change: CableEvent['change'], at: ClusterTime): void {
    this.#emit({ type: 'cable', at, network: this.wiring.lineOf(port).segment.name, cable: port.id, change })
  }
}
