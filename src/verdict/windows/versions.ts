import { UsageError } from '../../errors.ts'

/** One row: what holds from a version on, and before another. */
export interface VersionRow<T> {
  /** Inclusive. */
  readonly from: string
  /** Exclusive; absent: up to the newest. */
  readonly before?: string
  readonly value: T
}

/** The releases of keepalived whose sources the rules were read in: Debian 12's, 13's and sid's. */
export const READ_VERSIONS = ['2.2.7', '2.3.3', '2.3.4'] as const

/** The row of a table that a keepalived version falls into; one newer than any that was read takes the newest row. */
export function forVersion<T>(table: readonly VersionRow<T>[], version: string, what: string): T {
  const row = isVersion(version)
    ? table.find(
        ({ from, before }) =>
          compareVersions(version, from) >= 0 && (before === undefined || compareVersions(version, before) < 0),
      )
    : table.at(-1)
  if (row !== undefined) return row.value
  throw new UsageError('LVSLAB_E_WINDOW_VERSION', `it is not known how keepalived ${version} does this: ${what}`, {
    tried: `compute the window: ${what}`,
    seen: `known: ${table.map(({ from, before }) => `${from} to ${before ?? 'newest'}`).join(', ')}`,
    todo: 'use a keepalived in that range, or add a row after reading its source',
  })
}

/**
 * What a reader must know of rules that were taken for a version whose source was not read: it is newer than any that
 * was, or its name is no version ("master", a snapshot), so that the newest known rules were taken; or it is older, or
 * lies in between. Undefined where it was read.
 */
export function versionNote(version: string): string | undefined {
  const newest = READ_VERSIONS.at(-1)!
  if (!isVersion(version))
    return `"${version}" is no version: the rules of ${newest}, the newest that was read, are taken`
  if ((READ_VERSIONS as readonly string[]).includes(version)) return undefined
  if (compareVersions(version, newest) > 0) {
    return `keepalived ${version} is newer than ${newest}, the newest that was read: the rules of that one are taken`
  }
  return `the source of keepalived ${version} was not read, but of ${READ_VERSIONS.join(', ')}`
}

function isVersion(text: string): boolean {
  return /^\d+(\.\d+)+$/.test(text)
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
