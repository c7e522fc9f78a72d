import { stopService } from '../../../src/fault/index.ts'
import { countByServer, steady } from '../../../src/load/index.ts'
import { agree, exactShares } from '../../../src/verdict/index.ts'
import { claim } from '../../support/claim.ts'
import { shares, witnessedShares } from '../../support/steps.ts'
import { OTHER_CLIENT } from './clients.ts'
import { isTemplate } from './templates.ts'

// Two directors with keepalived: which servers are in the table.

claim('001-10', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const windows = await c.windows
  const { service, vip, wire } = cluster
  const owner = await vip.owner()
  const load = await steady(cluster, cluster.client, { url: cluster.url(), perSecond: 10 })
  // One client on each server: rr sends the second one to the other.
  const [pinned] = (await cluster.director(owner).connectionTable()).filter(isTemplate)
  const broken = service.realServers.find(({ address }) => address === pinned?.serverIp) ?? service.realServers[0]!
  const healthy = service.realServers.find((server) => server !== broken)!
  const lucky = await shares(cluster, 3, { sourceAddress: OTHER_CLIENT })
  c.check(
    `one client is on ${broken.node}, the other on ${healthy.node}`,
    pinned !== undefined && lucky.served.get(healthy.address) === 3,
    `${pinned?.serverIp ?? 'nobody'} and ${[...lucky.served.keys()].join()}`,
  )

  await using fault = await stopService(cluster, cluster.node(broken.node), 'nginx')
  const meanwhile = await shares(cluster, 5, { sourceAddress: OTHER_CLIENT })
  c.check(
    `the client on ${healthy.node} notices nothing`,
    meanwhile.failed === 0 && meanwhile.served.get(healthy.address) === 5,
    `${meanwhile.failed} of 5 requests failed`,
  )
  const window = windows.checkerRemoval({ director: owner.name, server: broken.node, failure: 'refused' })
  c.say(`waiting for ${broken.node} to leave the table`)
  const goneAt = await cluster.director(owner).untilGone(broken.address, broken.port, window.maxMs + 8_000)
  await c.measure(cluster, {
    name: 'removal after the service stopped',
    value: goneAt - fault.at,
    uncertaintyMs: fault.uncertaintyMs,
    window,
    since: fault.at,
  })
  c.waited(goneAt - fault.at)

  // The kernel counts whoever asks: the load ends before shares are counted.
  const asked = await load.stop()
  const since = cluster.clock.now()
  const answers = await witnessedShares(c, cluster, cluster.director(owner), 10)
  c.share(
    `${healthy.node} carries on alone, for the client of ${broken.node} too`,
    exactShares(answers, new Map([[healthy.address, 1]]), 0),
  )
  const strays = wire
    .handshakes({ dstIp: vip.address, dstPort: service.port }, { since })
    .filter(({ forwarded }) => forwarded.some(({ dstMac }) => dstMac === cluster.node(broken.node).mac))
  c.check(`no SYN is forwarded to ${broken.node} after its removal`, strays.length === 0, `${strays.length}`)

  const requests = asked.filter(({ at }) => at >= fault.at && at < goneAt)
  const lost = requests.filter(({ ok }) => !ok)
  await c.measure(cluster, {
    name: `requests lost by the client of ${broken.node}`,
    value: lost.length,
    unit: 'requests',
    note: `of ${requests.length} until the removal; ${[...new Set(lost.map(({ exitCode }) => `curl exit code ${exitCode}`))].join(', ')}`,
  })
  if (lost.length > 0.9 * requests.length) {
    c.finding(
      `persistence makes a dead server worse: until the check has removed it, its clients lose every request, where rr without it would send every second one to the other`,
      `${lost.length} of ${requests.length} requests lost in ${((goneAt - fault.at) / 1000).toFixed(1)} s; none of the client on ${healthy.node}`,
    )
  }
})

claim('001-11', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const windows = await c.windows
  const owner = await cluster.vip.owner()
  const director = cluster.director(owner)
  const [broken] = cluster.service.realServers
  const check = { director: owner.name, server: broken!.node, failure: 'refused' as const }
  const fault = await stopService(cluster, cluster.node(broken!.node), 'nginx')
  const goneAt = await director.untilGone(broken!.address, broken!.port, windows.checkerRemoval(check).maxMs + 8_000)
  c.waited(goneAt - fault.at)

  const began = cluster.clock.now()
  const startedAt = await fault.heal()
  const window = windows.checkerReturn(check)
  c.say(`waiting for ${broken!.node} to return to the table`)
  const backAt = await director.untilPresent(broken!.address, broken!.port, window.maxMs + 8_000)
  await c.measure(cluster, {
    name: 'return after the service started',
    value: backAt - startedAt,
    uncertaintyMs: startedAt - began,
    window,
    since: startedAt,
  })
  c.waited(backAt - startedAt)
  // Two clients that nobody knows yet: rr gives each another server.
  await director.zero()
  const requests = [
    ...(await shares(cluster, 2)).requests,
    ...(await shares(cluster, 2, { sourceAddress: OTHER_CLIENT })).requests,
  ]
  const { served, failed } = countByServer(requests)
  c.share('client and kernel count the same', agree(served, await director.connections(requests.length)))
  c.check(
    `${broken!.node} answers again`,
    failed === 0 && served.get(broken!.address) === 2,
    [...served].map(([server, count]) => `${server}: ${count}`).join(', ') + `; failed: ${failed}`,
  )
})
