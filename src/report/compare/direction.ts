import type { Verdict } from '../../run/record.ts'
import type { Direction } from './comparison.ts'

/** A claim that fails is worse than one that does not; that one is not decided is neither. */
export function verdictDirection(a: Verdict, b: Verdict): Direction {
  if (a === b) return 'other'
  if (b === 'fail') return 'worse'
  if (a === 'fail') return 'better'
  return b === 'pass' ? 'better' : 'other'
}

const MORE_IS_WORSE =
  /\b(lost|refused|failed|errors?|resets?|retries|retransmi\w+|dropped|stray|blackout|unanswered)\b/i
const MORE_IS_BETTER = /\b(throughput|per second|answered)\b/i

/**
 * Whether a figure that became larger is a change for the worse: a longer time is, and more of what its name says is lost;
 * of others nobody but the reader knows.
 */
export function figureDirection(
  { name, unit }: { readonly name: string; readonly unit: string },
  difference: number,
): Direction {
  const sign =
    unit === 'ms' || unit === 's' || MORE_IS_WORSE.test(name)
      ? 1
      : MORE_IS_BETTER.test(name) || unit.endsWith('/s')
        ? -1
        : 0
  if (sign === 0 || difference === 0) return 'other'
  return Math.sign(difference) === sign ? 'worse' : 'better'
}
