import type { Window } from './windows/index.ts'

/** What a measured time says about its window. */
export type Judgement = 'inside' | 'outside' | 'undecided'

export interface Measured {
  /** ms. */
  readonly valueMs: number
  /** How much longer than `valueMs` it may really have been: the fault struck that much earlier. ms. */
  readonly uncertaintyMs: number
  /** How late the clock's own thread was at most meanwhile: either end may carry that error. ms. */
  readonly fabricLateMs: number
  /** How long a machine was kept from running meanwhile: it may be late by that without being at fault. ms. */
  readonly machineLateMs: number
  /**
   * How long the machine that began the span was kept from running just before: where a timer of its own is measured from
   * one firing to the next, a late first one makes the span look short. ms.
   */
  readonly startLateMs?: number
  /** A machine that was as late as this can have caused a miss of any size, ms: it lost a request by itself, say. */
  readonly decisiveMs?: number
}

/**
 * Inside: the measured span lies in the window. Outside: it misses it by more than the machine's own lateness explains.
 * Undecided: it misses it by less. Lateness never turns a miss into a pass, and it excuses earliness only as far as the
 * stamps themselves may be wrong: a busy machine does nothing sooner.
 */
export function judge(measured: Measured, window: Pick<Window, 'minMs' | 'maxMs'>): Judgement {
  const shortest = measured.valueMs
  const longest = measured.valueMs + measured.uncertaintyMs
  // Some value that the measurement allows lies in the window.
  if (longest >= window.minMs && shortest <= window.maxMs) return 'inside'
  if (shortest > window.maxMs && measured.machineLateMs >= (measured.decisiveMs ?? Infinity)) return 'undecided'
  const missMs = shortest > window.maxMs ? shortest - window.maxMs : window.minMs - longest
  const excuseMs =
    shortest > window.maxMs
      ? measured.fabricLateMs + measured.machineLateMs
      : measured.fabricLateMs + (measured.startLateMs ?? 0)
  return missMs <= excuseMs ? 'undecided' : 'outside'
}
