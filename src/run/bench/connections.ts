import { linearRegression } from 'simple-statistics'
import type { Cluster } from '../../cluster/index.ts'
import { withCluster, type BenchContext, type SectionReport } from './context.ts'
import { FIGURES } from './figures.ts'
import type { Half } from './forwarding.ts'
import { TARGETS } from './targets.ts'
import { inTurns } from './in-turns.ts'
import { BUSY_CONNECTIONS, wrk } from './load-sample.ts'

export const FULL_STEPS = [0, 1000, 2000, 4000, 8000] as const
export const QUICK_STEPS = [0, 1000, 2000] as const

/** How the connection table grows with connections, and what memory of the kernel that takes. */
export async function measureConnections(
  ctx: BenchContext,
  steps: readonly number[],
  half: Half,
): Promise<SectionReport> {
  const rounds = await inTurns([{ name: 'growth', measure: () => grow(ctx, steps) }], {
    ...{ ...half, warmUp: false, signal: ctx.signal },
    onRound: (round) => ctx.say(`connection table: round ${round}`),
  })
  return {
    title: 'Connection table',
    how: [
      'A fresh cluster, direct routing. wrk opens and closes as many connections as each step says, while the table keeps ' +
        'the entries of closed ones for two minutes, as it does by default.',
      "Memory is SUnreclaim of /proc/meminfo, which has the kernel's connection entries; memory per connection is the " +
        'slope of a straight line through the steps.',
    ],
    rounds,
    notes: [],
  }
}

async function grow(ctx: BenchContext, steps: readonly number[]): Promise<void> {
  await withCluster(ctx, ctx.forwarding, async (cluster) => {
    const address = TARGETS['DR']!
    await cluster.node('director').succeed('ipvsadm --set 900 120 300')
    // What the first connections allocate once is not theirs.
    await open(cluster, address, 200)
    const points: [number, number][] = []
    let made = 0
    for (const step of steps) {
      await open(cluster, address, step - made)
      made = step
      const { entries, slabKiB } = await table(cluster)
      const where = { section: 'connections', variant: `${step.toLocaleString('en')} connections`, at: step } as const
      ctx.book.add({ ...where, figure: FIGURES.entries, value: entries })
      ctx.book.add({ ...where, figure: FIGURES.slab, value: slabKiB })
      points.push([entries, slabKiB * 1024])
    }
    const value = linearRegression(points).m
    ctx.book.add({ section: 'connections', variant: 'each', figure: FIGURES.bytesPerConnection, value })
  })
}

/** wrk's script ends it with as many requests under way as there are connections: a few less than wanted are enough. */
const NEAR = 2 * BUSY_CONNECTIONS

/** A second at a time: wrk ends no earlier than it was told, whatever its script says. */
async function open(cluster: Cluster, address: string, count: number): Promise<void> {
  for (let left = count; left > NEAR;) {
    const { requests } = await wrk(cluster, {
      ...{ url: `http://${address}/`, connections: BUSY_CONNECTIONS, seconds: 1, fresh: true, limit: left },
    })
    left -= requests
  }
}

async function table(cluster: Cluster): Promise<{ entries: number; slabKiB: number }> {
  const output = await cluster
    .node('director')
    .succeed(`wc -l </proc/net/ip_vs_conn; awk '/^SUnreclaim/ { print $2 }' /proc/meminfo`)
  const [lines = 1, slabKiB = NaN] = output.split('\n').map(Number)
  return { entries: lines - 1, slabKiB }
}
