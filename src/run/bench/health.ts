import type { Cluster, Node } from '../../cluster/index.ts'
import { stopService, unplug, type Fault } from '../../fault/index.ts'
import { withCluster, type BenchContext, type SectionReport } from './context.ts'
import { FIGURES } from './figures.ts'
import type { Half } from './forwarding.ts'
import { inTurns } from './in-turns.ts'
import { dampened } from './retry.ts'

/** How a server goes: its web service refuses, or the whole machine is silent. */
const WAYS: Readonly<Record<string, (cluster: Cluster, node: Node) => Promise<Fault>>> = {
  'web service stopped': (cluster, node) => stopService(cluster, node, 'nginx'),
  'cable pulled': (cluster, node) => unplug(cluster, node),
}

const TIMEOUT_MS = 30_000

/** How long health checks take to remove a server that is gone, and to add it when it is back. */
export async function measureHealth(ctx: BenchContext, half: Half): Promise<SectionReport> {
  const notes: string[] = []
  const rounds = await withCluster(ctx, ctx.failover, async (cluster) => {
    const director = cluster.director(await cluster.vip.owner())
    const one = async (node: Node, way: string): Promise<void> => {
      const fault = await WAYS[way]!(cluster, node)
      const gone = await director.untilGone(node.address, 80, TIMEOUT_MS)
      const healed = await fault.heal()
      const back = await director.untilPresent(node.address, 80, TIMEOUT_MS)
      const where = { section: 'health', variant: way } as const
      ctx.book.add({ ...where, figure: FIGURES.removal, value: gone - fault.at })
      ctx.book.add({ ...where, figure: FIGURES.comeback, value: back - healed })
    }
    // Both servers at a time, each in another way: neither's checks wait for the other's.
    let turn = 0
    const both = async (): Promise<void> => {
      const ways = Object.keys(WAYS)
      const now = turn++
      await Promise.all(
        cluster.withRole('real-server').map((node, index) => {
          const way = ways[(now + index) % ways.length]!
          return dampened(notes, way, () => one(node, way))
        }),
      )
    }
    return inTurns([{ name: 'removal and return', measure: both }], {
      ...{ ...half, warmUp: false, signal: ctx.signal },
      onRound: (round) => ctx.say(`health checks: round ${round} of ${half.rounds}`),
    })
  })
  return {
    title: 'Health checks',
    how: [
      "Document 004's cluster: HTTP_GET every 6 s (delay_loop), connect_timeout 1 s. Both servers at a time, each gone in " +
        'another way.',
      "Removal: from the fault until the server is no longer in the kernel's table; return: from its healing until it is there again.",
    ],
    rounds,
    notes,
  }
}
