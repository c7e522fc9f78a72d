import type { WireEvent } from './types.ts'

const MAX_DELAY_MS = 2

/** Collects events so that a burst crosses to the main thread in few messages. */
export class EventBatch {
  readonly #post: (events: readonly WireEvent[]) => void
  #events: WireEvent[] = []

  constructor(post: (events: readonly WireEvent[]) => void) {
    this.#post = post
  }

  add(event: WireEvent): void {
    if (this.#events.length === 0) setTimeout(() => this.flush(), MAX_DELAY_MS)
    this.#events.push(event)
  }

  flush(): void {
    if (this.#events.length === 0) return
    const events = this.#events
    this.#events = []
    this.#post(events)
  }
}
