import type { BenchContext, SectionReport } from './context.ts'
import { inTurns, type Variant } from './in-turns.ts'
import { BUSY_CONNECTIONS, LARGE_BYTES, LIGHT_CONNECTIONS, connectionSample, loadSample } from './load-sample.ts'
import { AGAIN, DIRECT, TARGETS, YARDSTICK } from './targets.ts'
import type { Cluster } from '../../cluster/index.ts'

export interface Half {
  readonly rounds: number
  readonly least: number
  readonly deadlineMs: number
}

/** One boot's part of the forwarding section: all variants in turns. Answers the rounds made. */
export async function measureForwarding(ctx: BenchContext, cluster: Cluster, half: Half): Promise<number> {
  await makeYardstick(cluster)
  const variants = Object.entries(TARGETS).map(([variant, address]): Variant => ({
    name: variant,
    measure: async (counted) => {
      if (!counted) return void (await connectionSample(cluster, address))
      const measured = await loadSample(cluster, address)
      for (const { figure, value } of measured) {
        // What the director spends on what does not pass it says nothing.
        if ((variant === YARDSTICK || variant === DIRECT) && figure.name.startsWith('director')) continue
        ctx.book.add({ section: 'forwarding', variant, figure, value })
      }
    },
  }))
  return inTurns(variants, {
    ...{ ...half, warmUp: true, signal: ctx.signal },
    onRound: (round) => ctx.say(`forwarding: round ${round}`),
  })
}

export function forwardingReport(rounds: number): SectionReport {
  return {
    title: 'Forwarding methods',
    how: [
      `wrk with ${BUSY_CONNECTIONS} connections at a time for a second each: every request on a connection of its own ` +
        `("new connections"), then on connections kept alive. Latencies with ${LIGHT_CONNECTIONS} kept connections.`,
      `One download of ${Math.round(LARGE_BYTES / 1e6)} MB by curl.`,
      "Director CPU: what the host's processors spent on the director's machine meanwhile.",
      `"${AGAIN}" is the same virtual service as "DR": what both differ by is noise. "${DIRECT}" asks web-1 alone, ` +
        `"${YARDSTICK}" a web server on the client: how fast the emulated processors are.`,
    ],
    rounds,
    notes: [],
  }
}

async function makeYardstick(cluster: Cluster): Promise<void> {
  await cluster.client.succeed(`head -c ${LARGE_BYTES} /dev/zero >/var/www/html/large`)
}
