import { chiSquaredDistributionTable } from 'simple-statistics'
import { UsageError } from '../../errors.ts'
import { chiSquareTail } from './chi-square.ts'
import { countOf, exactly, fail, listCounts, pass, type ShareVerdict } from './share-verdict.ts'

/**
 * Each server answered its share.
 *
 * @param observed the server of each request.
 * @param expected shares in any unit: weights, or counts. A server that is not in it must not have answered.
 * @param toleranceRequests how many requests more or fewer each server may have.
 */
export function exactShares(
  observed: readonly string[],
  expected: ReadonlyMap<string, number>,
  toleranceRequests: number,
): ShareVerdict {
  return exactly(`counts, give or take ${toleranceRequests}`, judgeShares(observed, expected, toleranceRequests))
}

function judgeShares(
  observed: readonly string[],
  expected: ReadonlyMap<string, number>,
  toleranceRequests: number,
): ShareVerdict {
  const whole = [...expected.values()].reduce((sum, share) => sum + share, 0)
  const counts = countOf(observed, expected.keys())
  const wanted = new Map(
    [...counts.keys()].map((server) => [server, (observed.length * (expected.get(server) ?? 0)) / whole]),
  )
  const wrong = [...counts].filter(
    ([server, count]) =>
      Math.abs(count - wanted.get(server)!) > toleranceRequests || (count > 0 && !expected.has(server)),
  )
  const text = `${observed.length} requests: ${listCounts(counts)}`
  if (observed.length === 0) return fail('no requests')
  if (wrong.length === 0) return pass(text)
  const complaints = wrong.map(([server, count]) => `${server} expected ${rounded(wanted.get(server)!)}, saw ${count}`)
  return fail(`${text}; ${complaints.join('; ')}; tolerance ${toleranceRequests}`)
}

/** Levels that the table of chi-square quantiles has. */
export type Alpha = 0.1 | 0.05 | 0.025 | 0.01 | 0.005

/**
 * Chi-square test (Pearson) of whether the counts fit the weights, even ones when none are given. For hash schedulers over
 * many addresses that were chosen at random. Addresses in a row are spread by hash_32 more evenly than chance would: for
 * them the test hardly ever fails, and proves less; compare with the models in `schedulers` instead.
 *
 * @param counts one for each server, also 0. At least 5 must be expected of each, as the test requires.
 * @param alpha how often the test calls a spread uneven that is not: its error rate.
 */
export function evenSpread(
  counts: ReadonlyMap<string, number>,
  { alpha, weights }: { readonly alpha: Alpha; readonly weights?: ReadonlyMap<string, number> },
): ShareVerdict {
  const weightOf = (server: string): number => (weights ? (weights.get(server) ?? 0) : 1)
  const servers = [...counts.keys()]
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const whole = servers.reduce((sum, server) => sum + weightOf(server), 0)
  const expected = new Map(servers.map((server) => [server, (total * weightOf(server)) / whole]))
  const degrees = servers.length - 1
  const critical = Object.entries(chiSquaredDistributionTable).find(([key]) => Number(key) === degrees)?.[1][alpha]
  if (critical === undefined) {
    throw new UsageError('LVSLAB_E_CHI_SQUARE', `no chi-square quantile for ${servers.length} servers`, {
      todo: 'test between 2 and 31 servers',
    })
  }
  const scant = [...expected].find(([, count]) => count < 5)
  if (scant) {
    return fail(`too few for a chi-square test: ${rounded(scant[1])} expected of ${scant[0]}, and it takes 5`)
  }
  const statistic = servers.reduce((sum, server) => {
    const wanted = expected.get(server)!
    return sum + (counts.get(server)! - wanted) ** 2 / wanted
  }, 0)
  const p = chiSquareTail(statistic, degrees)
  const test = {
    name: "Pearson's chi-square",
    errorRate: alpha,
    statistic: rounded(statistic),
    p: Number(p.toFixed(4)),
  }
  const text =
    `${total} over ${servers.length} servers: ${listCounts(counts)}; expected ${listCounts(roundedAll(expected))}; ` +
    `chi-square ${rounded(statistic)}, critical ${critical} for ${degrees} degrees of freedom, ` +
    `p ${test.p}; ` +
    `error rate ${alpha * 100} %`
  const verdict = statistic <= critical ? pass(text) : fail(`${text} (a fair spread would be called uneven that often)`)
  return { ...verdict, test }
}

const TWO_WITNESSES = 'equal counts of two witnesses'

/** Two witnesses count the same: requests that clients saw answered, and connections that the kernel scheduled. */
export function agree(
  clientCounts: ReadonlyMap<string, number>,
  kernelCounts: ReadonlyMap<string, number>,
): ShareVerdict {
  const servers = [...new Set([...clientCounts.keys(), ...kernelCounts.keys()])]
  const differing = servers.filter((server) => (clientCounts.get(server) ?? 0) !== (kernelCounts.get(server) ?? 0))
  if (differing.length === 0)
    return exactly(TWO_WITNESSES, pass(`client and kernel both count ${listCounts(clientCounts)}`))
  const complaints = differing.map(
    (server) => `${server}: client ${clientCounts.get(server) ?? 0}, kernel ${kernelCounts.get(server) ?? 0}`,
  )
  return exactly(TWO_WITNESSES, fail(`the witnesses differ: ${complaints.join('; ')}`))
}

/** The same key, an address of a client or a VIP, always has the same server; and every key was asked at least twice. */
export function alwaysSame(byKey: ReadonlyMap<string, readonly string[]>): ShareVerdict {
  return exactly('the same server every time', judgeSame(byKey))
}

function judgeSame(byKey: ReadonlyMap<string, readonly string[]>): ShareVerdict {
  for (const [key, servers] of byKey) {
    if (servers.length < 2) return fail(`${key}: asked ${servers.length} times, and it takes 2 to compare`)
    const other = servers.findIndex((server) => server !== servers[0])
    if (other >= 0)
      return fail(`${key}: request ${other + 1} was answered by ${servers[other]}, the first by ${servers[0]}`)
  }
  if (byKey.size === 0) return fail('no address was asked')
  const requests = [...byKey.values()].reduce((sum, servers) => sum + servers.length, 0)
  return pass(`${byKey.size} addresses, ${requests} requests: each address had one server`)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

function roundedAll(values: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...values].map(([key, value]) => [key, rounded(value)]))
}
