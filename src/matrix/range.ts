import { UsageError } from '../errors.ts'
import { compareVersions, shortReleaseOf, type Offer, type SuiteIndex } from '../image/index.ts'
import type { AxisValue } from './plan.ts'

/**
 * Everything that can be had between two ends of "A..B", both included, the oldest first. An end is a version or its
 * beginning: the oldest that fits for A, the newest for B.
 *
 * @throws UsageError `LVSLAB_E_RANGE`
 */
export function versionsBetween(
  what: 'kernel' | 'keepalived',
  range: string,
  indexes: readonly SuiteIndex[],
): AxisValue[] {
  const [from = '', to = '', ...more] = range.split('..')
  const all = ordered(indexes.flatMap((index) => (what === 'kernel' ? index.kernels : index.keepaliveds)))
  const known = all.map((offer) => nameOf(what, offer)).join(', ')
  if (from === '' || to === '' || more.length > 0) {
    throw new UsageError('LVSLAB_E_RANGE', `"${range}" is not a range`, { todo: 'A..B, for example 6.1.0-47..6.12' })
  }
  const first = all.findIndex((offer) => fits(what, offer, from))
  const last = all.findLastIndex((offer) => fits(what, offer, to))
  if (first < 0 || last < 0 || first > last) {
    const message = first >= 0 && last >= 0 ? `${from} is newer than ${to}` : `no ${what} "${first < 0 ? from : to}"`
    throw new UsageError('LVSLAB_E_RANGE', message, { seen: `known: ${known}` })
  }
  return all.slice(first, last + 1).map((offer) => ({
    wish: what === 'kernel' ? offer.package : offer.version,
    name: nameOf(what, offer),
  }))
}

/** One of each version, the oldest first. */
function ordered(offers: readonly Offer[]): Offer[] {
  const unique = new Map(offers.map((offer) => [`${offer.package} ${offer.version}`, offer]))
  return [...unique.values()].sort((a, b) => compareVersions(a.version, b.version))
}

function nameOf(what: 'kernel' | 'keepalived', offer: Offer): string {
  return what === 'kernel' ? shortReleaseOf(offer) : offer.version.replace(/^\d+:/, '')
}

function fits(what: 'kernel' | 'keepalived', offer: Offer, wanted: string): boolean {
  return [nameOf(what, offer), offer.version, offer.version.replace(/^\d+:/, '')].some(
    (text) => text.startsWith(wanted) && !/^\d/.test(text.slice(wanted.length)),
  )
}
