import type { Window } from './windows/index.ts'

/**
 * How much of a window measurements covered. A window is tight when values were measured close to both its ends, and
 * everywhere between: one that is far wider than what ever happens would not notice much.
 */
export interface Coverage {
  readonly measured: number
  /** Part of the window's width between the smallest and the largest value inside it, 0 to 1. */
  readonly share: number
  /** The widest stretch of the window without a value, ends included, ms. */
  readonly largestGapMs: number
  /** From the window's lower end to the smallest value inside it, ms. */
  readonly lowSlackMs: number
  /** From the largest value inside it to the window's upper end, ms. */
  readonly highSlackMs: number
  /** Values outside the window: they cover nothing of it. */
  readonly outside: number
}

/** @param values - ms */
export function coverageOf(values: readonly number[], { minMs, maxMs }: Pick<Window, 'minMs' | 'maxMs'>): Coverage {
  const width = maxMs - minMs
  const inside = values.filter((value) => value >= minMs && value <= maxMs).sort((a, b) => a - b)
  const [first, last] = [inside[0], inside.at(-1)]
  const outside = values.length - inside.length
  if (first === undefined || last === undefined) {
    return { measured: values.length, share: 0, largestGapMs: width, lowSlackMs: width, highSlackMs: width, outside }
  }
  const marks = [minMs, ...inside, maxMs]
  return {
    measured: values.length,
    // A window without width is covered by what hits it.
    share: width === 0 ? 1 : (last - first) / width,
    largestGapMs: Math.max(...marks.slice(1).map((mark, index) => mark - marks[index]!)),
    lowSlackMs: first - minMs,
    highSlackMs: maxMs - last,
    outside,
  }
}
