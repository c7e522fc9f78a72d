/** One question to a machine for its time: ms, the host's between the two, the guest's somewhere in between. */
export interface ClockExchange {
  readonly askedMs: number
  readonly guestMs: number
  readonly answeredMs: number
}

/** How far two clocks may drift apart: an emulated machine calibrates its counter itself, and no better than this. */
const DRIFT = 500e-6

/**
 * What a machine's clock is ahead of the host's, by questions and answers (the idea of RFC 5905, section 8): each bounds
 * it, as the guest looked at its clock after it was asked and before the answer came. An older bound counts, wider by what
 * the clocks may have drifted since.
 */
export class GuestClock {
  #lowMs = -Infinity
  #highMs = Infinity
  #atMs = 0

  add({ askedMs, guestMs, answeredMs }: ClockExchange): void {
    const low = guestMs - answeredMs
    const high = guestMs - askedMs
    const drift = Math.abs(answeredMs - this.#atMs) * DRIFT
    const [lowMs, highMs] = [Math.max(low, this.#lowMs - drift), Math.min(high, this.#highMs + drift)]
    // Bounds that exclude each other: the clock was set in between, and what was known of it is void.
    const was = lowMs > highMs
    this.#lowMs = was ? low : lowMs
    this.#highMs = was ? high : highMs
    this.#atMs = answeredMs
  }

  get known(): boolean {
    return Number.isFinite(this.#lowMs)
  }

  /** The host's time of a moment on the guest's clock, ms; wrong by at most {@link GuestClock.uncertaintyMs}. */
  toHost(guestMs: number): number {
    return guestMs - (this.#lowMs + this.#highMs) / 2
  }

  get uncertaintyMs(): number {
    return (this.#highMs - this.#lowMs) / 2
  }
}
