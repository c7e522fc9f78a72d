import { setTimeout } from 'node:timers/promises'
import type { ClusterClock, ClusterTime } from '../clock.ts'

/** What another thread needs to read the same clock. */
export interface ClockZero {
  /** CLOCK_MONOTONIC at the clock's zero. */
  readonly zeroNs: bigint
  /** Wall-clock time at the clock's zero, a whole number of ms. */
  readonly epochMs: number
}

/**
 * The fabric's clock: CLOCK_MONOTONIC, which all threads of a process share (clock_gettime(2)), so a reading in the
 * fabric's thread and one in the main thread are comparable.
 */
export class MonotonicClock implements ClusterClock {
  readonly zero: ClockZero

  constructor(zero: ClockZero) {
    this.zero = zero
  }

  /**
   * A clock whose zero is the last whole millisecond of wall-clock time before now. That makes `epochMs` an integer:
   * a sum with it loses nothing, and a capture's times agree with the harness's to the nanosecond.
   */
  static startNow(): MonotonicClock {
    const nowNs = process.hrtime.bigint()
    const wallMs = performance.timeOrigin + performance.now()
    const epochMs = Math.floor(wallMs)
    return new MonotonicClock({ epochMs, zeroNs: nowNs - BigInt(Math.round((wallMs - epochMs) * 1e6)) })
  }

  get epochMs(): number {
    return this.zero.epochMs
  }

  now(): ClusterTime {
    return (Number(process.hrtime.bigint() - this.zero.zeroNs) / 1e6) as ClusterTime
  }

  async until(moment: ClusterTime): Promise<void> {
    // A timer may fire a little early.
    for (let leftMs = moment - this.now(); leftMs > 0; leftMs = moment - this.now()) await setTimeout(leftMs)
  }
}
