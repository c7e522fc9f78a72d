import { quantileSorted } from 'simple-statistics'
import type { ClusterClock, ClusterTime } from '../clock.ts'
import type { Lateness } from './fabric-stats.ts'

const PERIOD_MS = 5
/** About 22 minutes of samples, 4 MiB. */
const CAPACITY = 1 << 18

/**
 * Measures how late this thread gets to run: a timer of 5 ms notes how long after its due time it fired. Node's timers
 * have a resolution of 1 ms, so an idle machine shows up to about 1.2 ms.
 *
 * A stall of 100 ms is one late timer, not the twenty that would have been due; the missing ones are filled in, as
 * HdrHistogram does against coordinated omission, or the 99th percentile would call a thread that stood still punctual.
 */
export class LatenessSampler {
  readonly #clock: ClusterClock
  readonly #at = new Float64Array(CAPACITY)
  readonly #lateMs = new Float64Array(CAPACITY)
  #count = 0
  #maxMs = 0
  /** When the next sample is due; of no meaning unless started. */
  #due = 0
  #timer: NodeJS.Timeout | undefined

  constructor(clock: ClusterClock) {
    this.#clock = clock
  }

  start(): void {
    this.#due = this.#clock.now() + PERIOD_MS
    this.#timer = setInterval(() => this.#sample(), PERIOD_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Adds one sample, and those that were never taken because of it. */
  record(at: ClusterTime, lateMs: number): void {
    this.#maxMs = Math.max(this.#maxMs, lateMs)
    const missed = Math.min(Math.floor(lateMs / PERIOD_MS), CAPACITY - 1)
    for (let index = missed; index >= 0; index--) {
      const slot = this.#count++ % CAPACITY
      this.#at[slot] = at
      this.#lateMs[slot] = lateMs - index * PERIOD_MS
    }
  }

  /**
   * How late what was stamped since a moment may have been. A frame that waited for the end of a stall is stamped just
   * after the sample that noticed it, so the last sample before `since` counts too.
   * @param since - without it, since the start. A `since` older than the oldest sample kept is answered with the
   * maximum since the start, and the percentile of what is kept.
   * @param until - lateness that began later does not count; it cannot have touched a stamp up to here
   */
  since(since?: ClusterTime, until?: ClusterTime): Lateness {
    this.#noticeStall()
    const kept = Math.min(this.#count, CAPACITY)
    const from = since === undefined ? -Infinity : this.#lastBefore(since)
    const to = until === undefined ? Infinity : until + PERIOD_MS
    const counts = (late: number, slot: number): boolean => this.#at[slot]! >= from && this.#at[slot]! - late <= to
    const sorted = this.#lateMs.subarray(0, kept).filter(counts)
    if (sorted.length === 0) return { maxMs: 0, p99Ms: 0 }
    sorted.sort()
    const oldestAt = this.#at[this.#count > CAPACITY ? this.#count % CAPACITY : 0]!
    const complete = since !== undefined && since >= oldestAt
    return { maxMs: complete ? sorted.at(-1)! : this.#maxMs, p99Ms: quantileSorted([...sorted], 0.99) }
  }

  #sample(): void {
    const now = this.#clock.now()
    this.record(now, Math.max(0, now - this.#due))
    this.#due = now + PERIOD_MS
  }

  /** After a stall the question how long it was may come before the timer's turn. */
  #noticeStall(): void {
    if (this.#timer !== undefined && this.#clock.now() > this.#due) this.#sample()
  }

  /** When the newest sample before a moment was taken; the moment itself, if none was. */
  #lastBefore(since: ClusterTime): number {
    if (this.#count === 0) return since
    const newest = (this.#count - 1) % CAPACITY
    for (let back = 0; back < Math.min(this.#count, CAPACITY); back++) {
      const at = this.#at[(newest - back + CAPACITY) % CAPACITY]!
      if (at < since) return at
    }
    return since
  }
}
