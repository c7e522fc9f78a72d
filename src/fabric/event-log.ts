import type { ClusterTime } from '../clock.ts'
import type { WireEvent } from './types.ts'

/** Part of the log: from `since` to `until`, both included. A missing end is open. */
export interface TimeRange {
  readonly since?: ClusterTime | undefined
  readonly until?: ClusterTime | undefined
}

/** About 225 MB when full: 450 bytes for an event with an HTTP line. */
export const LOG_CAPACITY = 500_000
/** The oldest are let go of in batches, or each new event would move all others. */
const SURPLUS = 50_000

/** Events in the order of their time; keeps at least the newest {@link LOG_CAPACITY}. */
export class EventLog {
  #events: WireEvent[] = []
  #forgotten = 0

  /** Events older than the newest are put where they belong: whoever watches several clocks may learn of them late. */
  append(events: readonly WireEvent[]): void {
    for (const event of events) {
      const newest = this.#events.at(-1)
      if (newest === undefined || newest.at <= event.at) this.#events.push(event)
      else
        this.#events.splice(
          this.#firstIndex((at) => at > event.at),
          0,
          event,
        )
    }
    if (this.#events.length <= LOG_CAPACITY + SURPLUS) return
    this.#forgotten += this.#events.length - LOG_CAPACITY
    this.#events = this.#events.slice(-LOG_CAPACITY)
  }

  get events(): readonly WireEvent[] {
    return this.#events
  }

  get forgotten(): number {
    return this.#forgotten
  }

  within({ since, until }: TimeRange): readonly WireEvent[] {
    const from = since === undefined ? 0 : this.#firstIndex((at) => at >= since)
    const to = until === undefined ? this.#events.length : this.#firstIndex((at) => at > until)
    return this.#events.slice(from, to)
  }

  /** By bisection: `reached` is false for all events before the answer, and true from it on. */
  #firstIndex(reached: (at: ClusterTime) => boolean): number {
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (reached(this.#events[middle]!.at)) high = middle
      else low = middle + 1
    }
    return low
  }
}

export function isWithin(at: ClusterTime, { since, until }: TimeRange): boolean {
  return (since === undefined || at >= since) && (until === undefined || at <= until)
}
