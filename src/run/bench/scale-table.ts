import type { Cluster } from '../../cluster/index.ts'
import type { BenchContext } from './context.ts'
import { FIGURES } from './figures.ts'
import type { Half } from './forwarding.ts'
import { TARGETS } from './targets.ts'
import { inTurns, type Variant } from './in-turns.ts'
import { connectionSample } from './load-sample.ts'
import { ipvsRules, sizeName, type Size } from './scale-rules.ts'

/** What a table of each size costs: to load it with ipvsadm, and to schedule new connections by it. */
export async function measureTables(
  ctx: BenchContext,
  cluster: Cluster,
  sizes: readonly Size[],
  half: Half,
): Promise<number> {
  const vip = TARGETS['DR']!
  const director = cluster.node('director')
  const variants = sizes.map((size): Variant => ({
    name: `${size.axis} ${size[size.axis]}`,
    measure: async (counted) => {
      const output = await director.succeed(LOAD, {
        input: ipvsRules(vip, size, ctx.forwarding.servers),
        timeoutMs: 60_000,
      })
      const [began = 0, ended = 0] = output.split('\n').map(Number)
      const measured = [
        { figure: FIGURES.tableLoad, value: (ended - began) / 1e6 },
        ...(await connectionSample(cluster, vip)),
      ]
      if (!counted) return
      const where = { section: 'scale', variant: sizeName(size), at: size[size.axis] } as const
      for (const one of measured) ctx.book.add({ ...where, ...one })
    },
  }))
  const rounds = await inTurns(variants, {
    ...{ ...half, warmUp: false, signal: ctx.signal },
    onRound: (round) => ctx.say(`scale, tables: round ${round}`),
  })
  await director.succeed('/usr/local/sbin/lvs.sh')
  return rounds
}

/** By the machine's own clock, ns: starting a shell and a program there is not in it. */
const LOAD = 'cat >/run/bench-rules; ipvsadm -C; date +%s%N; ipvsadm -R </run/bench-rules && date +%s%N'
