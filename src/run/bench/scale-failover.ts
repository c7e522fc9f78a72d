import type { Cluster, Node } from '../../cluster/index.ts'
import { measureOutage } from './blackout.ts'
import { withCluster, type BenchContext } from './context.ts'
import { FIGURES } from './figures.ts'
import type { Half } from './forwarding.ts'
import { inTurns, type Variant } from './in-turns.ts'
import { dampened } from './retry.ts'
import { keepalivedConf, sizeName, type Size } from './scale-rules.ts'

const CONF = '/etc/keepalived/keepalived.conf'
const MASTER_TIMEOUT_MS = 30_000

/**
 * How long keepalived takes to load a table of each size, and how long the client is without service when the master's
 * cable is pulled: always at the same phase of the advert interval, so that only the size differs.
 */
export async function measureFailoverBySize(
  ctx: BenchContext,
  sizes: readonly Size[],
  half: Half,
  notes: string[],
): Promise<number> {
  return withCluster(ctx, ctx.failover, async (cluster) => {
    const variants = sizes.map((size): Variant => ({
      name: `${size.axis} ${size[size.axis]}`,
      measure: async () => {
        await dampened(notes, sizeName(size), () => visit(ctx, cluster, size))
      },
    }))
    return inTurns(variants, {
      ...{ ...half, warmUp: false, signal: ctx.signal },
      onRound: (round) => ctx.say(`scale, failover: round ${round}`),
    })
  })
}

async function visit(ctx: BenchContext, cluster: Cluster, size: Size): Promise<void> {
  const directors = cluster.vip.candidates
  const where = { section: 'scale', variant: sizeName(size), at: size[size.axis] } as const
  const since = cluster.clock.now()
  const loads = await Promise.all(directors.map((node, rank) => reload(ctx, cluster, node, rank, size)))
  for (const value of loads) ctx.book.add({ ...where, figure: FIGURES.tableByKeepalived, value })
  const [master] = directors
  await cluster.wire.waitFor(
    {
      description: `two adverts of ${master!.name}`,
      match: twice((srcIp) => srcIp === master!.address),
      related: (event) => event.type === 'vrrp',
    },
    { since, timeoutMs: MASTER_TIMEOUT_MS },
  )
  const { fault, blackoutMs } = await measureOutage(cluster, 'cable pull', PHASE)
  await fault.heal()
  ctx.book.add({ ...where, figure: FIGURES.blackout, value: blackoutMs })
}

const PHASE = 0.5

function twice(
  is: (srcIp: string) => boolean,
): (event: { type: string; srcIp?: string; priority?: number }) => boolean {
  let count = 0
  return (event) => {
    if (event.type === 'vrrp' && (event.priority ?? 0) > 0 && is(event.srcIp ?? '')) count += 1
    return count >= 2
  }
}

/** Starts keepalived with a table of this size; answers how long after that the kernel has all of it, ms. */
async function reload(ctx: BenchContext, cluster: Cluster, node: Node, rank: number, size: Size): Promise<number> {
  const { vip } = cluster
  const conf = keepalivedConf({
    ...{ vip: vip.address, interface: vip.spec.interface, vrid: 18, priority: 100 - rank },
    ...{ size, servers: ctx.failover.servers },
  })
  // The file has three lines before the first service.
  const lines = 3 + size.services * (1 + size.servers)
  const script = `
    systemctl stop keepalived; cat >${CONF}; ipvsadm -C
    began=$(date +%s%N); systemctl start --no-block keepalived
    for try in $(seq 2000); do
      [ "$(wc -l </proc/net/ip_vs)" -ge ${lines} ] && { echo $(( ($(date +%s%N) - began) / 1000000 )); exit 0; }
      sleep 0.01
    done
    wc -l </proc/net/ip_vs; journalctl -u keepalived -n 5 --no-pager -o cat; exit 1`
  return Number(await node.succeed(script, { input: conf, timeoutMs: 60_000, pollMs: 20 }))
}
