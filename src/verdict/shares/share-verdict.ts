/** What clients saw, judged. */
export interface ShareVerdict {
  readonly ok: boolean
  /** One line: what was seen; when it is not `ok`, where it first deviates, with what was expected there. */
  readonly detail: string
  /** By which test; absent where there was too little to test. */
  readonly test?: ShareTest
}

/** How it was judged, so that a reader knows how often such a verdict is wrong. */
export interface ShareTest {
  /** "exact sequence", "Pearson's chi-square". */
  readonly name: string
  /** How often it calls something wrong that is right, 0 to 1; 0 for an exact one. */
  readonly errorRate: number
  readonly statistic?: number
  /** How often chance alone would give a statistic as large or larger. */
  readonly p?: number
}

/** The kernel's rule leaves one outcome: whatever differs is wrong. */
export function exactly(name: string, verdict: ShareVerdict): ShareVerdict {
  return { ...verdict, test: { name, errorRate: 0 } }
}

export function pass(detail: string): ShareVerdict {
  return { ok: true, detail }
}

export function fail(detail: string): ShareVerdict {
  return { ok: false, detail }
}

/** How many requests each server answered; those of `servers` that answered none have 0. */
export function countOf(observed: readonly string[], servers: Iterable<string> = []): Map<string, number> {
  const counts = new Map([...servers].map((server) => [server, 0]))
  for (const server of observed) counts.set(server, (counts.get(server) ?? 0) + 1)
  return counts
}

/** "nat-1 3, nat-2 1". */
export function listCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([server, count]) => `${server} ${count}`).join(', ')
}

/** The requests around one that deviates, itself in brackets. `index` counts from 0. */
export function around(observed: readonly string[], index: number, reach = 4): string {
  const from = Math.max(0, index - reach)
  const to = Math.min(observed.length, index + reach + 1)
  const shown = observed.slice(from, to).map((server, n) => (from + n === index ? `[${server}]` : server))
  return [...(from > 0 ? ['…'] : []), ...shown, ...(to < observed.length ? ['…'] : [])].join(' ')
}

/** "request 5: expected nat-2, saw nat-3 (nat-1 nat-2 [nat-3] …)". `index` counts from 0, the text from 1. */
export function deviation(observed: readonly string[], index: number, expected: string): string {
  return `request ${index + 1}: expected ${expected}, saw ${observed[index] ?? 'nothing'} (${around(observed, index)})`
}
