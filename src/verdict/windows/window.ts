import { UsageError } from '../../errors.ts'

/**
 * When something must happen, computed from configuration, version and protocol. Both ends count: what comes too early
 * did not follow its configuration either.
 */
export interface Window {
  /** "VRRP takeover". */
  readonly name: string
  readonly minMs: number
  readonly maxMs: number
  /** How both ends come about, with the numbers filled in. */
  readonly formula: string
  /** Where the rule is written: RFC and section, man page, or source file and function of a version. */
  readonly source: string
  /** The moment that it counts from. */
  readonly from: string
  /** The moment that it counts to. */
  readonly to: string
}

/**
 * How much too early a timer may look. Timers never fire early, but the guest that counts the interval and the fabric
 * that measures it have two clocks. The kernel slews a disciplined clock by at most 500 ppm (adjtimex(2)): 5 ms in the
 * ten seconds that the longest ordinary interval here lasts.
 */
export const EARLY_TOLERANCE_MS = 5

/**
 * How late one step may be: a timer that fires, the process that wakes up, a packet that goes out and is answered.
 * keepalived waits in epoll on a timerfd with microseconds and default timer slack (50 µs), so on bare metal this is
 * under a millisecond. Under a software-emulated CPU, code that runs for the first time must be translated first:
 * some ten milliseconds per step. A machine that was starved of CPU is not covered, and shall not be: the harness
 * measures that lateness and reports "inconclusive".
 */
export const STEP_TOLERANCE_MS = 50

export interface WindowParts extends Omit<Window, 'minMs' | 'maxMs' | 'formula'> {
  /** Exact ends, without tolerance. */
  readonly earliestMs: number
  readonly latestMs: number
  /** The exact ends written out: "3 × 1 s + (256 − 99) / 256 s = 3613.281 ms". */
  readonly exact: string
  /** How many steps, one after another, may each be late. Default: 1. */
  readonly steps?: number
}

/** Adds the tolerances to exact ends, and says so in the formula. */
export function toWindow({ earliestMs, latestMs, exact, steps = 1, ...rest }: WindowParts): Window {
  const lateMs = steps * STEP_TOLERANCE_MS
  const early = earliestMs > 0 ? `; − ${EARLY_TOLERANCE_MS} ms clocks` : ''
  const late = `${early === '' ? ';' : ','} + ${steps} × ${STEP_TOLERANCE_MS} ms lateness`
  return {
    ...rest,
    minMs: roundMs(Math.max(0, earliestMs - (earliestMs > 0 ? EARLY_TOLERANCE_MS : 0))),
    maxMs: roundMs(latestMs + lateMs),
    formula: `${exact}${early}${late}`,
  }
}

/** The window that holds under either of several rules: for versions whose rule is not known exactly. */
export function eitherWindow(windows: readonly Window[]): Window {
  const [first, ...others] = windows
  if (first === undefined) throw new TypeError('eitherWindow needs at least one window')
  if (others.length === 0) return first
  return {
    ...first,
    minMs: Math.min(...windows.map(({ minMs }) => minMs)),
    maxMs: Math.max(...windows.map(({ maxMs }) => maxMs)),
    formula: windows.map(({ formula }) => `(${formula})`).join(' or '),
    source: [...new Set(windows.map(({ source }) => source))].join('; or '),
  }
}

/** The configuration promises no such event, so there is no window for it. */
export function noWindow(name: string, why: string): never {
  throw new UsageError('LVSLAB_E_WINDOW_NONE', `no window for ${name}: ${why}`, {
    tried: `compute the window: ${name}`,
  })
}

/** Microseconds are keepalived's resolution. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** "3.613281 s" reads badly beside ms: whole seconds as seconds, all else as milliseconds. */
export function inMs(ms: number): string {
  return `${roundMs(ms)} ms`
}

export function inS(s: number): string {
  return `${s} s`
}
