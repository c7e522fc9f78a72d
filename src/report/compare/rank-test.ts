import { errorFunction } from 'simple-statistics'

/** Above so many values the exact distribution gives nothing that the normal one does not. */
const EXACT_UP_TO = 64

export interface RankTest {
  /** Two-sided: how often chance alone, dealing the same values out to both sides, separates them as much or more. */
  readonly p: number
  /** The least p that so many values with these ties can give at all. */
  readonly leastP: number
}

/**
 * The rank-sum test of Wilcoxon, Mann and Whitney as a permutation test, exact also with ties: it asks nothing of the
 * values' distribution, so a takeover whose phase is random is judged as well as a latency. On zeros and ones it is
 * Fisher's exact test.
 */
export function rankTest(a: readonly number[], b: readonly number[]): RankTest {
  if (a.length === 0 || b.length === 0) return { p: 1, leastP: 1 }
  const ranks = doubledRanks([...a, ...b])
  const observed = ranks.slice(0, a.length).reduce((sum, rank) => sum + rank, 0)
  return ranks.length <= EXACT_UP_TO ? exact(ranks, a.length, observed) : normal(ranks, a.length, observed)
}

/** Twice the ranks, so that ties, which share the mean of theirs, stay whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).toSorted((x, y) => x.value - y.value)
  const ranks = new Array<number>(values.length).fill(0)
  for (let from = 0; from < order.length;) {
    let to = from
    while (to + 1 < order.length && order[to + 1]?.value === order[from]?.value) to += 1
    for (let at = from; at <= to; at++) ranks[order[at]?.index ?? 0] = from + to + 2
    from = to + 1
  }
  return ranks
}

function exact(ranks: readonly number[], chosen: number, observed: number): RankTest {
  const most = ranks.reduce((sum, rank) => sum + rank, 0)
  // ways[k][s]: choices of k values whose ranks sum to s.
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(most + 1))
  ways[0]![0] = 1
  for (const rank of ranks) {
    for (let k = chosen; k > 0; k--) {
      const [fewer, row] = [ways[k - 1]!, ways[k]!]
      for (let sum = most; sum >= rank; sum--) row[sum]! += fewer[sum - rank]!
    }
  }
  const sums = ways[chosen]!
  const mean = (most * chosen) / ranks.length
  const far = Math.abs(observed - mean)
  let [all, asFar, farthest, atFarthest] = [0, 0, -1, 0]
  sums.forEach((count, sum) => {
    if (count === 0) return
    const distance = Math.abs(sum - mean)
    all += count
    if (distance >= far - 1e-9) asFar += count
    if (distance > farthest + 1e-9) [farthest, atFarthest] = [distance, count]
    else if (distance >= farthest - 1e-9) atFarthest += count
  })
  return { p: Math.min(1, asFar / all), leastP: Math.min(1, atFarthest / all) }
}

function normal(ranks: readonly number[], chosen: number, observed: number): RankTest {
  const n = ranks.length
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / n
  const variance = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / (n - 1)
  const spread = Math.sqrt((variance * chosen * (n - chosen)) / n)
  if (spread === 0) return { p: 1, leastP: 1 }
  // Half a step between two sums of doubled ranks.
  const z = Math.max(0, Math.abs(observed - chosen * mean) - 1) / spread
  return { p: Math.min(1, 1 - errorFunction(z / Math.SQRT2)), leastP: 0 }
}
