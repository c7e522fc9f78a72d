import type { ClusterClock, ClusterTime } from '../clock.ts'
import { arpAnswers, gratuitousArps } from './arp-queries.ts'
import { EventLog, isWithin, type TimeRange } from './event-log.ts'
import { framesWith, type FrameFilter } from './frame-queries.ts'
import { handshakes, type Handshake, type HandshakeFilter } from './handshakes.ts'
import { firstSent } from './retransmissions.ts'
import { strayAnswers, type StrayAnswer } from './stray-answers.ts'
import {
  datagrams,
  forwardedTunnels,
  httpAnswers,
  type DatagramFilter,
  type HttpAnswerFilter,
  type TunnelFilter,
  type TunnelledSegment,
} from './transport-queries.ts'
import type { ArpEvent, FrameEvent, TcpEvent, UdpEvent, VrrpEvent, WireEvent } from './types.ts'
import {
  adverts,
  advertSenders,
  takeover,
  type AdvertFilter,
  type AdvertSender,
  type Takeover,
} from './vrrp-queries.ts'
import {
  WireWait,
  type EventMatcher,
  type EventTest,
  type PendingWait,
  type WaitNotice,
  type WaitOptions,
} from './wire-wait.ts'

/**
 * What was seen on a cluster's networks, in order, and questions about it. Events come some time after they happened: a few
 * ms from a fabric, a few hundred from tcpdump; {@link Wire.catchUp} waits for those that are under way. At least the newest 500,000 are kept ({@link Wire.forgotten}).
 */
export class Wire {
  readonly #clock: ClusterClock
  readonly #sync: () => Promise<void>
  readonly #log = new EventLog()
  readonly #listeners = new Set<(event: WireEvent) => void>()
  readonly #waits = new Set<PendingWait>()
  #end: Error | undefined

  /** How late the machines on the wire were since a moment, ms; whoever runs them tells. */
  lateness: (since: ClusterTime) => Promise<number> = () => Promise.resolve(0)

  /** Hears of each wait that begins, for views of what goes on; and of `undefined` when it is over. */
  onWait: (wait: WaitNotice | undefined) => void = () => undefined

  /** @param sync - resolves when all events until now have been appended */
  constructor(clock: ClusterClock, sync: () => Promise<void>) {
    this.#clock = clock
    this.#sync = sync
  }

  /** All events kept, in order of time. */
  get events(): readonly WireEvent[] {
    return this.#log.events
  }

  /** How many of the oldest events are no longer in {@link Wire.events}. */
  get forgotten(): number {
    return this.#log.forgotten
  }

  /**
   * Resolves when every event until now is in: before what has just happened is asked about and not waited for.
   * @throws {InfrastructureError} if the fabric has ended
   */
  async catchUp(): Promise<void> {
    await this.#sync()
  }

  within(range: TimeRange): readonly WireEvent[] {
    return this.#log.within(range)
  }

  /** Calls `listener` with each event to come; the answer, called or disposed of, ends that. */
  on(listener: (event: WireEvent) => void): Disposable & (() => void) {
    this.#listeners.add(listener)
    const off = () => void this.#listeners.delete(listener)
    return Object.assign(off, { [Symbol.dispose]: off })
  }

  adverts(filter: AdvertFilter = {}, range: TimeRange = {}): VrrpEvent[] {
    return adverts(this.within(range), filter)
  }

  /** Who advertises a virtual router: more than one at a time means two masters. */
  advertSenders(vrid: number, range: TimeRange & { readonly network?: string } = {}): AdvertSender[] {
    const { network } = range
    return advertSenders(this.within(range), { vrid, ...(network === undefined ? {} : { network }) })
  }

  lastAdvert(filter: AdvertFilter = {}, range: TimeRange = {}): VrrpEvent | undefined {
    return this.adverts(filter, range).at(-1)
  }

  /** Who answered ARP requests for `ip`: `cable` and `senderMac` tell. */
  arpAnswers(ip: string, range: TimeRange = {}): ArpEvent[] {
    return arpAnswers(this.within(range), ip)
  }

  gratuitousArps(ip?: string, range: TimeRange = {}): ArpEvent[] {
    return gratuitousArps(this.within(range), ip)
  }

  /** Attempts to open a connection to a virtual service whose first SYN lies in the range, answered when ever. */
  handshakes(filter: HandshakeFilter, range: TimeRange = {}): Handshake[] {
    return handshakes(this.events, filter).filter(({ synAt }) => isWithin(synAt, range))
  }

  /** SYN-ACKs that reached a client from where it had not asked; see {@link StrayAnswer}. */
  strayAnswers({ clientIp }: { readonly clientIp: string }, range: TimeRange = {}): StrayAnswer[] {
    return strayAnswers(this.events, clientIp).filter(({ at }) => isWithin(at, range))
  }

  /**
   * Segments that begin an HTTP response, without retransmissions. One is seen at each hop; under DR and TUN that is once.
   */
  httpAnswers(filter: HttpAnswerFilter = {}, range: TimeRange = {}): TcpEvent[] {
    return httpAnswers(this.within(range), filter)
  }

  /** TCP segments, each as it was first sent: what a sender repeated is not there. One is seen at each hop. */
  segments(range: TimeRange = {}): TcpEvent[] {
    return firstSent(this.within(range))
  }

  datagrams(filter: DatagramFilter = {}, range: TimeRange = {}): UdpEvent[] {
    return datagrams(this.within(range), filter)
  }

  /** Segments that a director put into a tunnel (TUN); one is seen at each hop between it and the real server. */
  forwardedTunnels(filter: TunnelFilter = {}, range: TimeRange = {}): TunnelledSegment[] {
    return forwardedTunnels(this.within(range), filter)
  }

  /**
   * Frames on a network with `ip` as source or destination, of a tunnel's outer header too, or as ARP's sender or
   * target. Of TCP only the segments that are a {@link TcpEvent}: bulk data is in the captures, not here.
   */
  framesWith(filter: FrameFilter, range: TimeRange = {}): FrameEvent[] {
    return framesWith(this.within(range), filter)
  }

  /**
   * How a virtual router's addresses moved after `since` (the moment of a fault, as a rule), as far as it was seen.
   * Wait for the successor's first advert before, where it must have happened.
   */
  takeover(which: { readonly vrid: number; readonly network?: string; readonly since: ClusterTime }): Takeover {
    return takeover(this.events, which)
  }

  /**
   * The first event that matches, of those that came since `since` and those to come.
   * @throws {WireTimeoutError} LVSLAB_E_WIRE_TIMEOUT with what was seen instead, when the clock has reached the
   * deadline and no event that happened before it is still under way
   * @throws {InfrastructureError} if the fabric ends meanwhile
   */
  async waitFor<E extends WireEvent = WireEvent>(
    match: EventTest<E> | EventMatcher<E>,
    options: WaitOptions,
  ): Promise<E> {
    const matcher = typeof match === 'function' ? { description: 'an event', match } : match
    const named = { ...matcher, description: options.what ?? matcher.description }
    const context = { log: this.#log, clock: this.#clock, sync: this.#sync, lateness: this.lateness }
    const wait = new WireWait<E>(context, named, options)
    this.#waits.add(wait)
    this.onWait({ what: named.description, timeoutMs: options.timeoutMs })
    if (this.#end !== undefined) wait.reject(this.#end)
    try {
      return await wait.found
    } finally {
      wait.stop()
      this.#waits.delete(wait)
      this.onWait(undefined)
    }
  }

  /** Adds events that were seen. Called by whoever watches the wire. */
  append(events: readonly WireEvent[]): void {
    this.#log.append(events)
    for (const wait of this.#waits) wait.offer(events)
    for (const event of events) for (const listener of this.#listeners) notify(listener, event)
  }

  /** No more events will come: rejects everybody who waits for one. Called by whoever watches the wire. */
  end(error: Error): void {
    this.#end = error
    for (const wait of this.#waits) wait.reject(error)
  }
}

/** One listener's exception is its own: the others still hear of the event. */
function notify(listener: (event: WireEvent) => void, event: WireEvent): void {
  try {
    listener(event)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
