import { withCluster, type BenchContext, type SectionReport } from './context.ts'
import { KINDS, measureOutage, phaseOf } from './blackout.ts'
import { FIGURES } from './figures.ts'
import type { Half } from './forwarding.ts'
import { inTurns, type Variant } from './in-turns.ts'
import { dampened } from './retry.ts'

/** Blackouts of document 004's cluster, each on a cluster fresh from its snapshot, the kinds of fault in turns. */
export async function measureFailovers(ctx: BenchContext, half: Half): Promise<SectionReport> {
  const notes: string[] = []
  const repetitions = new Map<string, number>()
  const variants = KINDS.map((kind): Variant => ({
    name: kind,
    measure: async () => {
      const number = repetitions.get(kind) ?? 0
      repetitions.set(kind, number + 1)
      const outage = await dampened(notes, kind, () =>
        withCluster(ctx, ctx.failover, async (cluster) => measureOutage(cluster, kind, phaseOf(number))),
      )
      if (outage === undefined) return
      const where = { section: 'failover', variant: kind } as const
      ctx.book.add({ ...where, figure: FIGURES.blackout, value: outage.blackoutMs })
      ctx.book.add({ ...where, figure: FIGURES.takeover, value: outage.takeoverMs })
      ctx.book.add({ ...where, figure: FIGURES.lost, value: outage.lost })
    },
  }))
  const rounds = await inTurns(variants, {
    ...{ ...half, warmUp: false, signal: ctx.signal },
    onRound: (round) => ctx.say(`failover: repetition ${round} of ${half.rounds} of each kind`),
  })
  return {
    title: 'Failover',
    how: [
      "Document 004's cluster (dr-vrrp), resumed from its snapshot for each repetition. 40 requests a second on fresh " +
        'connections; the fault strikes the master at another phase of its advert interval each time.',
      'Blackout: on the wire, from the begin of the first request that was lost to that of the first one served after the ' +
        'last lost. Zero: none was lost.',
    ],
    rounds,
    notes,
  }
}
