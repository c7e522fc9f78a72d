import { SCHEDULERS } from '../../topology/schema.ts'
import type { Cluster } from '../../cluster/index.ts'
import type { BenchContext, SectionReport } from './context.ts'
import { inTurns, type Variant } from './in-turns.ts'
import { connectionSample, loadSample } from './load-sample.ts'
import type { Half } from './forwarding.ts'
import { TARGETS } from './targets.ts'

/** Every scheduler that the kernel has, on direct routing's virtual service, in turns. */
export async function measureSchedulers(ctx: BenchContext, cluster: Cluster, half: Half): Promise<SectionReport> {
  const director = cluster.node('director')
  const address = TARGETS['DR']!
  const set = async (scheduler: string): Promise<boolean> =>
    (await director.run(`ipvsadm -E -t ${address}:80 -s ${scheduler}`)).exitCode === 0
  const there: string[] = []
  for (const scheduler of SCHEDULERS) if (await set(scheduler)) there.push(scheduler)
  const variants = there.map((variant): Variant => ({
    name: variant,
    measure: async () => {
      await set(variant)
      const measured = ctx.quick ? await connectionSample(cluster, address) : await loadSample(cluster, address)
      for (const one of measured) ctx.book.add({ section: 'schedulers', variant, ...one })
    },
  }))
  const rounds = await inTurns(variants, {
    // The path is warm from the forwarding methods, and each module was loaded above.
    ...{ ...half, warmUp: false, signal: ctx.signal },
    onRound: (round) => ctx.say(`schedulers: round ${round}`),
  })
  await set('rr')
  const missing = SCHEDULERS.filter((scheduler) => !there.includes(scheduler))
  return {
    title: 'Schedulers',
    how: [
      'As for forwarding methods, by direct routing to two servers of weight 1.',
      'There is one client address and one destination: sh, dh, lblc, lblcr and mh lead all of it to one server, so a ' +
        'figure of theirs is that of one server.',
    ],
    rounds,
    notes: [
      ...(missing.length === 0 ? [] : [`left out, as the kernel has no module: ${missing.join(', ')}`]),
      ...(ctx.quick ? ['quick: new connections only'] : []),
    ],
  }
}
