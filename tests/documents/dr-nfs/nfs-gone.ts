import { after } from '../../../src/clock.ts'
import type { Cluster } from '../../../src/cluster/index.ts'
import { powerCut, stopService, type Fault } from '../../../src/fault/index.ts'
import type { Request } from '../../../src/load/index.ts'
import type { ClaimContext } from '../../../src/run/claim-context.ts'
import { claim } from '../../support/claim.ts'
import { shares } from '../../support/steps.ts'
import { bothClients, OTHER_CLIENT } from './clients.ts'

claim('001-13', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const { realServers } = cluster.service
  const nfs = cluster.the('nfs-server')
  const owner = await cluster.vip.owner()
  const before = await bothClients(cluster)
  c.check('before, each server shows its page', before.failed === 0 && before.served.size === 2)

  const stopped = await stopService(cluster, nfs, 'nfs-server')
  c.say('nfs-server is stopped: asking until no page comes')
  const withoutService = await untilPagesHang(c, cluster, stopped, 'nfs-server is stopped')
  // delay_loop 6 s: within it each server is checked once.
  const since = cluster.clock.now()
  c.say('waiting for the next health check of each server')
  const checks = realServers.map(({ address, port }) =>
    cluster.wire.waitFor(
      {
        description: `an answer of ${address}:${port} to a health check of ${owner.name}`,
        match: (event) =>
          event.type === 'tcp' && event.syn && event.ack && event.srcIp === address && event.dstIp === owner.address,
        related: (event) => event.type === 'tcp' && event.syn,
      },
      { since, timeoutMs: 12_000 },
    ),
  )
  await Promise.all(checks)
  c.waited(cluster.clock.now() - since)
  const [entry] = await cluster.director(owner).table()
  const left = entry?.realServers.filter(({ weight }) => weight > 0).map(({ address }) => address) ?? []
  c.check(
    'TCP_CHECK does not notice: both servers answer it, and stay in the table',
    left.length === realServers.length,
    left.join(', '),
  )

  const startedAt = await stopped.heal()
  const back = await bothClients(cluster, { maxTimeMs: NFS_RECOVERY_MS })
  c.check('when nfs-server is started again, the pages are back', back.failed === 0 && back.served.size > 0)
  await c.measure(cluster, { name: 'pages back after nfs-server started', value: cluster.clock.now() - startedAt })

  const cut = await powerCut(cluster, nfs)
  c.say('the NFS server loses power: asking until no page comes')
  const withoutPower = await untilPagesHang(c, cluster, cut, 'the NFS server loses power')
  c.finding(
    'the NFS server is a single point of failure that the document does not mention: without it no page comes from either server, clients wait until they give up, and keepalived notices nothing, as the ports still answer (the mounts are hard by default, nfs(5), so nginx waits in the kernel)',
    `${withoutService}; ${withoutPower}; in the table all the while: ${left.join(' and ')}`,
  )
})

/**
 * How long a page may take after nfsd was started anew: its grace period of 90 s ends early, once all known clients have
 * reclaimed what they had open (nfsd(7), nfsv4gracetime); one that is refused connects again after 3 s (net/sunrpc/xprtsock.c,
 * XS_TCP_INIT_REEST_TO), and one that is told to wait asks again after up to 15 s (fs/nfs/nfs4proc.c, NFS4_POLL_RETRY_MAX).
 */
const NFS_RECOVERY_MS = 90_000 + 3_000 + 15_000

/** How long a web server may believe what it has cached of a file: acregmax and acdirmax, 60 s (nfs(5)); and some to ask. */
const CACHED_MS = 75_000

/** Asks with both clients in turn until neither is answered within a second, at once as a rule. Says what it saw. */
async function untilPagesHang(c: ClaimContext, cluster: Cluster, fault: Fault, title: string): Promise<string> {
  const deadline = after(cluster.clock.now(), CACHED_MS)
  const asked: Request[] = []
  let hung = false
  while (!hung && cluster.clock.now() < deadline) {
    const one = await shares(cluster, 1, { maxTimeMs: 1_000 })
    const other = await shares(cluster, 1, { maxTimeMs: 1_000, sourceAddress: OTHER_CLIENT })
    asked.push(...one.requests, ...other.requests)
    hung = [...one.requests, ...other.requests].every(({ exitCode }) => exitCode === 28)
  }
  const served = asked.filter(({ ok }) => ok).length
  c.check(
    `${title}: no page comes any more (curl exit code 28: time-out)`,
    hung,
    `the last two: ${asked
      .slice(-2)
      .map(({ exitCode, server }) => `${exitCode} ${server ?? ''}`.trim())
      .join(', ')}`,
  )
  await c.measure(cluster, {
    name: `${title}: pages served after it`,
    value: served,
    unit: 'requests',
    note: `of ${asked.length} in ${((cluster.clock.now() - fault.at) / 1000).toFixed(1)} s`,
  })
  return `${title}: ${served} of ${asked.length} requests served, the last two not within 1 s`
}
