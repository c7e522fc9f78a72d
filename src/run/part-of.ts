/**
 * One machine's part of things that take their time, the same whoever works it out: the longest first, each to the part
 * that has least so far. What nobody has timed counts as much as the others do on average.
 *
 * @param index - from 1
 * @param tookMs - ms, or undefined where nobody knows
 */
export function partOf<T>(
  things: readonly T[],
  { index, count }: { readonly index: number; readonly count: number },
  idOf: (thing: T) => string,
  tookMs: (thing: T) => number | undefined,
): T[] {
  const known = things.flatMap((thing) => tookMs(thing) ?? [])
  const usualMs = known.length === 0 ? 1 : known.reduce((sum, ms) => sum + ms, 0) / known.length
  const costs = things.map((thing) => ({ thing, id: idOf(thing), cost: tookMs(thing) ?? usualMs }))
  const loads = Array.from({ length: count }, () => 0)
  const mine = new Set<T>()
  for (const { thing, cost } of costs.sort((a, b) => b.cost - a.cost || (a.id < b.id ? -1 : 1))) {
    const lightest = loads.indexOf(Math.min(...loads))
    loads[lightest]! += cost
    if (lightest === index - 1) mine.add(thing)
  }
  return things.filter((thing) => mine.has(thing))
}
