import { UsageError } from '../../errors.ts'

/** One row: what holds from a version on, and before another. */
export interface VersionRow<T> {
  /** Inclusive. */
  readonly from: string
  /** Exclusive; absent: up to the newest. */
  readonly before?: string
  readonly value: T
}

/** The row of a table that a keepalived version falls into. */
export function forVersion<T>(table: readonly VersionRow<T>[], version: string, what: string): T {
  const row = table.find(
    ({ from, before }) =>
      compareVersions(version, from) >= 0 && (before === undefined || compareVersions(version, before) < 0),
  )
  if (row !== undefined) return row.value
  throw new UsageError('LVSLAB_E_WINDOW_VERSION', `it is not known how keepalived ${version} does this: ${what}`, {
    tried: `compute the window: ${what}`,
    seen: `known: ${table.map(({ from, before }) => `${from} to ${before ?? 'newest'}`).join(', ')}`,
    todo: 'use a keepalived in that range, or add a row after reading its source',
  })
}

/** Negative when `a` is older. Compares number by number: "2.2.7" is older than "2.2.10". */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
