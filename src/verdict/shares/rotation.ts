import { UsageError } from '../../errors.ts'
import { weightStep, wrrRound } from '../schedulers/index.ts'
import { around, countOf, deviation, exactly, fail, listCounts, pass, type ShareVerdict } from './share-verdict.ts'

/**
 * rr: the servers in turn, each once, over and over (ip_vs_rr.c). Where the rotation begins is free, and the first round
 * shows the order, which is that of the kernel's list.
 *
 * @param observed the server of each request; no other client may have used the virtual service meanwhile.
 * @param servers all that have a weight above 0.
 */
export function strictRotation(observed: readonly string[], servers: readonly string[]): ShareVerdict {
  return exactly('exact sequence (ip_vs_rr.c)', judgeRotation(observed, servers))
}

function judgeRotation(observed: readonly string[], servers: readonly string[]): ShareVerdict {
  const size = servers.length
  if (observed.length < 2 * size) return fail(tooFew(observed, 2 * size))
  const round = observed.slice(0, size)
  const stranger = round.findIndex((server, at) => !servers.includes(server) || round.indexOf(server) < at)
  if (stranger >= 0) {
    const missing = servers.filter((server) => !round.slice(0, stranger).includes(server))
    return fail(deviation(observed, stranger, missing.join(' or ')))
  }
  const wrong = observed.findIndex((server, at) => server !== round[at % size])
  if (wrong >= 0)
    return fail(`${deviation(observed, wrong, round[wrong % size]!)}; the first round was ${round.join(' ')}`)
  return pass(`${observed.length} requests: ${round.join(' ')}, repeated`)
}

/**
 * wrr: any window of sum(weights) / gcd requests has exactly weight / gcd of each server, the sequence repeats with that
 * period, and its order is the kernel's round (`wrrRound`, ip_vs_wrr.c), begun anywhere: the state that the kernel was in
 * is unknown.
 *
 * @param observed the server of each request; no other client may have used the virtual service meanwhile.
 * @param weights of all servers of the virtual service.
 * @param tableOrder the kernel's list, first to last (`/proc/net/ip_vs`); when absent, any order of the list is accepted.
 */
export function wholePeriods(
  observed: readonly string[],
  weights: ReadonlyMap<string, number>,
  options: { readonly tableOrder?: readonly string[] } = {},
): ShareVerdict {
  return exactly('exact periods in the order of ip_vs_wrr.c', judgePeriods(observed, weights, options))
}

function judgePeriods(
  observed: readonly string[],
  weights: ReadonlyMap<string, number>,
  { tableOrder }: { readonly tableOrder?: readonly string[] },
): ShareVerdict {
  const active = new Map([...weights].filter(([, weight]) => weight > 0))
  const step = weightStep(active.values())
  const shares = new Map([...active].map(([server, weight]) => [server, weight / step]))
  const period = [...shares.values()].reduce((sum, share) => sum + share, 0)
  if (observed.length < 2 * period) return fail(tooFew(observed, 2 * period))
  for (let from = 0; from + period <= observed.length; from++) {
    const counts = countOf(observed.slice(from, from + period), shares.keys())
    if ([...counts].every(([server, count]) => count === shares.get(server))) continue
    return fail(
      `requests ${from + 1} to ${from + period}: expected ${listCounts(shares)}, saw ${listCounts(counts)} ` +
        `(${around(observed, from + period - 1, period)})`,
    )
  }
  const orders = tableOrder ? [tableOrder] : permutations([...active.keys()])
  return inOrder(
    observed,
    orders.map((order) => wrrRound(inTable(active, order))),
  )
}

/** The rounds are all of one length. Complains about the one that fits longest. */
function inOrder(observed: readonly string[], rounds: readonly (readonly string[])[]): ShareVerdict {
  let longest = { fits: -1, expected: '', round: [] as readonly string[] }
  for (const round of rounds) {
    for (let start = 0; start < round.length; start++) {
      const expected = (at: number): string => round[(start + at) % round.length]!
      const wrong = observed.findIndex((server, at) => server !== expected(at))
      if (wrong < 0) return pass(`${observed.length} requests in the kernel's round: ${round.join(' ')}`)
      if (wrong > longest.fits) longest = { fits: wrong, expected: expected(wrong), round }
    }
  }
  return fail(
    `the counts are right, the order is not: ${deviation(observed, longest.fits, longest.expected)}; ` +
      `the nearest round is ${longest.round.join(' ')}`,
  )
}

function inTable(weights: ReadonlyMap<string, number>, order: readonly string[]): Map<string, number> {
  const listed = order.filter((server) => weights.has(server))
  if (listed.length !== weights.size) {
    throw new UsageError('LVSLAB_E_TABLE_ORDER', `the order of the table (${order.join(', ')}) lacks a server`, {
      todo: `name each of ${[...weights.keys()].join(', ')}`,
    })
  }
  return new Map(listed.map((server) => [server, weights.get(server)!]))
}

function permutations(items: readonly string[]): string[][] {
  if (items.length > 6) {
    throw new UsageError('LVSLAB_E_TABLE_ORDER', `${items.length} servers have too many possible orders`, {
      todo: 'read the order of the table from /proc/net/ip_vs, and give it',
    })
  }
  if (items.length === 0) return [[]]
  return items.flatMap((first) => permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]))
}

function tooFew(observed: readonly string[], needed: number): string {
  return `${observed.length} requests are too few to show a repetition: it takes ${needed}`
}
