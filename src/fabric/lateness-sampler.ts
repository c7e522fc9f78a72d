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
  #timer: NodeJS.Timeout | undefined

  constructor(clock: ClusterClock) {
    this.#clock = clock
  }

  start(): void {
    let dueMs = this.#clock.now() + PERIOD_MS
    this.#timer = setInterval(() => {
      const now = this.#clock.now()
      this.record(now, Math.max(0, now - dueMs))
      dueMs = now + PERIOD_MS
    }, PERIOD_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
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
   * @param since - without it, since the start. A `since` older than the oldest sample kept is answered with the
   * maximum since the start, and the percentile of what is kept.
   */
  since(since?: ClusterTime): Lateness {
    const kept = Math.min(this.#count, CAPACITY)
    const sorted = this.#lateMs.subarray(0, kept).filter((_, slot) => since === undefined || this.#at[slot]! >= since)
    if (sorted.length === 0) return { maxMs: 0, p99Ms: 0 }
    sorted.sort()
    const oldestAt = this.#at[this.#count > CAPACITY ? this.#count % CAPACITY : 0]!
    const complete = since !== undefined && since >= oldestAt
    return { maxMs: complete ? sorted.at(-1)! : this.#maxMs, p99Ms: quantileSorted([...sorted], 0.99) }
  }
}
