import { after, type ClusterClock, type ClusterTime } from '../clock.ts'
import type { EventLog } from './event-log.ts'
import type { WireEvent } from './types.ts'
import { WireTimeoutError } from './wire-timeout-error.ts'

export type EventTest<E extends WireEvent> = ((event: WireEvent) => event is E) | ((event: WireEvent) => boolean)

/** A condition on one event that can say what it is. */
export interface EventMatcher<E extends WireEvent = WireEvent> {
  readonly description: string
  readonly match: EventTest<E>
  /** Which events to show if the one does not come; without it, all. */
  readonly related?: (event: WireEvent) => boolean
}

export interface WaitOptions {
  /** Events from here on count, also those that have come already. Without it: from now on. */
  readonly since?: ClusterTime
  /** Counted from the call. */
  readonly timeoutMs: number
  /** What is waited for, in words, for the error. */
  readonly what?: string
}

/** A wait as those see it who watch, not who wait. */
export interface WaitNotice {
  /** What is waited for, in words. */
  readonly what: string
  readonly timeoutMs: number
}

export interface WaitContext {
  readonly log: EventLog
  readonly clock: ClusterClock
  /** Resolves when all events until now are in the log. */
  readonly sync: () => Promise<void>
  /** How late the machines were since then, ms: what they are waited for moves by as much. */
  readonly lateness: (since: ClusterTime) => Promise<number>
}

export interface PendingWait {
  /** Looks at events that are new in the log. */
  offer(events: readonly WireEvent[]): void
  reject(error: Error): void
}

/** One pending {@link Wire.waitFor}. */
export class WireWait<E extends WireEvent> implements PendingWait {
  readonly found: Promise<E>
  readonly #context: WaitContext
  readonly #matcher: EventMatcher<E>
  readonly #since: ClusterTime
  readonly #began: ClusterTime
  readonly #timeoutMs: number
  #deadline: ClusterTime
  #resolve!: (event: E) => void
  #reject!: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined

  constructor(context: WaitContext, matcher: EventMatcher<E>, { since, timeoutMs }: WaitOptions) {
    const now = context.clock.now()
    this.#context = context
    this.#matcher = matcher
    this.#since = since ?? now
    this.#began = now
    this.#deadline = after(now, timeoutMs)
    this.#timeoutMs = timeoutMs
    this.found = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.offer(context.log.within({ since: this.#since }))
    this.#arm()
  }

  offer(events: readonly WireEvent[]): void {
    try {
      const found = events.find((event) => this.#isInTime(event.at) && this.#matcher.match(event))
      if (found !== undefined) this.#resolve(found as E)
    } catch (error) {
      // The matcher's own mistake is for who wrote it, not for others who wait.
      this.#reject(error)
    }
  }

  reject(error: Error): void {
    this.#reject(error)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #isInTime(at: ClusterTime): boolean {
    return at >= this.#since && at <= this.#deadline
  }

  #arm(): void {
    const remainingMs = this.#deadline - this.#context.clock.now()
    this.#timer = setTimeout(() => void this.#expire(), Math.max(0, Math.ceil(remainingMs)))
  }

  /**
   * Asks for what is still on its way first: a main thread that was busy must not turn a success into a time-out. Then
   * machines that were late get that much longer, at most the same time again.
   */
  async #expire(): Promise<void> {
    if (this.#context.clock.now() < this.#deadline) return this.#arm()
    let lateMs: number
    try {
      await this.#context.sync()
      lateMs = await this.#context.lateness(this.#began)
    } catch (error) {
      return this.#reject(error)
    }
    const moved = after(this.#began, this.#timeoutMs + Math.min(lateMs, this.#timeoutMs))
    if (moved >= after(this.#deadline, 1)) {
      this.#deadline = moved
      // What came after the first deadline was turned away.
      this.offer(this.#context.log.within({ since: this.#since }))
      return this.#arm()
    }
    const since = this.#since
    const deadline = this.#deadline
    const seen = this.#context.log.within({ since, until: deadline })
    const seenEvents = this.#matcher.related === undefined ? seen : seen.filter(this.#matcher.related)
    const what = this.#matcher.description
    this.#reject(new WireTimeoutError({ what, since, deadline, timeoutMs: this.#timeoutMs, lateMs, seenEvents }))
  }
}
