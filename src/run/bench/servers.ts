import type { Cluster } from '../../cluster/index.ts'
import type { BenchContext, SectionReport } from './context.ts'
import type { Half } from './forwarding.ts'
import { inTurns, type Variant } from './in-turns.ts'
import { FRESH_REQUESTS, freshRequests } from './load-sample.ts'
import { AGAIN, TARGETS, YARDSTICK } from './targets.ts'

/** How long each server takes to answer by itself, by every forwarding method: what shows one that is slow, or its cable. */
export async function measureServers(ctx: BenchContext, cluster: Cluster, half: Half): Promise<number> {
  const variants = Object.entries(TARGETS).map(([variant, address]): Variant => ({
    name: variant,
    measure: async (counted) => {
      const measured = await freshRequests(cluster, address)
      if (counted) for (const one of measured) ctx.book.add({ section: 'servers', variant, ...one })
    },
  }))
  return inTurns(variants, {
    ...{ ...half, warmUp: true, signal: ctx.signal },
    onRound: (round) => ctx.say(`servers: round ${round}`),
  })
}

export function serversReport(rounds: number): SectionReport {
  return {
    title: 'Each server by itself',
    how: [
      `${FRESH_REQUESTS} requests on fresh connections, one after another by curl, by every forwarding method; the median ` +
        'of the whole time, from the SYN to the last byte, by the server that answered.',
      `"${AGAIN}" is the same virtual service as "DR"; "${YARDSTICK}" asks a web server of its own.`,
    ],
    rounds,
    notes: [],
  }
}
