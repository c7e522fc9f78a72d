import type { ClusterClock, ClusterTime } from '../clock.ts'

/** Node's timers fire up to about 1.2 ms late: the rest of the way is gone in small steps. */
const TIMER_LATE_MS = 1.5
/** The loop reads its sockets between two naps, so this is how late a nap can make a frame's stamp. */
const NAP_MS = 0.1
/** A nap lasts longer than asked for, mostly by the timer slack of 50 µs (prctl(2), PR_SET_TIMERSLACK). */
const NAP_LATE_MS = 0.15

const never = new Int32Array(new SharedArrayBuffer(4))

/**
 * Calls at a moment to within some 10 µs, where the thread is not late itself. Far from the moment it sleeps on a timer;
 * the last 1.5 ms it turns the event loop, with naps between the turns until 0.15 ms are left. Costs nothing when nothing
 * is wanted. Not for the main thread: the naps block it.
 */
export class PreciseTimer {
  readonly #clock: ClusterClock
  readonly #onDue: (at: ClusterTime) => void
  #wanted: ClusterTime | undefined
  #timeout: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  constructor(clock: ClusterClock, onDue: (at: ClusterTime) => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  /** Calls at `at`, or at once if that is past; a moment wanted before counts only if it is earlier. */
  wakeAt(at: ClusterTime): void {
    if (this.#wanted !== undefined && this.#wanted <= at) return
    this.stop()
    this.#wanted = at
    this.#approach()
  }

  stop(): void {
    clearTimeout(this.#timeout)
    clearImmediate(this.#immediate)
    this.#wanted = undefined
  }

  #approach(): void {
    const leftMs = this.#wanted! - this.#clock.now()
    if (leftMs >= TIMER_LATE_MS + 1) this.#timeout = setTimeout(() => this.#approach(), leftMs - TIMER_LATE_MS)
    else this.#immediate = setImmediate(() => this.#turn())
  }

  #turn(): void {
    const now = this.#clock.now()
    const leftMs = this.#wanted! - now
    if (leftMs > 0) {
      if (leftMs > NAP_LATE_MS) Atomics.wait(never, 0, 0, Math.min(NAP_MS, leftMs - NAP_LATE_MS))
      return this.#approach()
    }
    this.#wanted = undefined
    this.#onDue(now)
  }
}
