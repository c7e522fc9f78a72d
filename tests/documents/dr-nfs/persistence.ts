import type { ClusterTime } from '../../../src/clock.ts'
import type { Cluster } from '../../../src/cluster/index.ts'
import { LvslabError } from '../../../src/errors.ts'
import { countByServer, curlCommand, parseCurlOutput, placeInTime, type Request } from '../../../src/load/index.ts'
import { agree, templateExpiry } from '../../../src/verdict/index.ts'
import { claim } from '../../support/claim.ts'
import { PATIENT_MS, shares } from '../../support/steps.ts'
import { OTHER_CLIENT } from './clients.ts'
import { templatesOf, untilForgotten } from './templates.ts'

/** persistence_timeout. */
const TIMEOUT_MS = 6_000

claim('001-12', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const { client, vip } = cluster
  const director = cluster.director(await vip.owner())
  await director.zero()

  // This client meets the kernel's own time-outs: its connection is remembered for 120 s after its FIN.
  const early = await shares(cluster, 1, { sourceAddress: OTHER_CLIENT })
  await director.node.succeed('ipvsadm --set 2 2 2')
  c.say('three requests, 4 s apart')
  const spaced = await everyFourSeconds(cluster, 3)
  c.waited(8_000)
  const last = spaced.at(-1)!
  await demandPace(cluster, spaced, TIMEOUT_MS)
  const [template] = templatesOf(await director.connectionTable(), client.address)
  const servers = spaced.map(({ server }) => server ?? 'nobody')
  c.check(
    'a client that comes back within 6 s stays on its server, though its connections are forgotten after 2 s',
    servers.length === 3 && new Set(servers).size === 1 && servers[0] !== 'nobody',
    servers.join(' '),
  )
  c.check(
    'the director has a template for it, which runs out within 6 s',
    template?.serverIp === servers[0] && template !== undefined && template.expiresS <= 6,
    template ? `${template.state} to ${template.serverIp}, ${template.expiresS} s left` : 'no template',
  )
  c.check(
    'the other client is on the other server',
    early.served.size === 1 && !early.served.has(servers[0]!),
    `${[...early.served.keys()].join()} and ${servers[0]}`,
  )

  c.say('waiting for the director to forget the client')
  const gone = await untilForgotten(cluster, director, client.address)
  await c.measure(cluster, {
    name: 'the template is forgotten after the last request',
    value: gone.seenAt - last.at,
    uncertaintyMs: gone.goneAt - gone.seenAt,
    window: templateExpiry(6),
    since: last.at,
    of: [director.node],
    note: 'with tcpfin 2 s in place of 120',
  })
  c.waited(gone.goneAt - last.at)
  const anew = await shares(cluster, 1)
  c.check(
    'then it is scheduled anew: rr sends it to the other server',
    anew.failed === 0 && anew.served.size === 1 && !anew.served.has(servers[0]!),
    `${[...anew.served.keys()].join()}, before ${servers[0]}`,
  )

  const lingering = templatesOf(await director.connectionTable(), OTHER_CLIENT)
  const again = await shares(cluster, 1, { sourceAddress: OTHER_CLIENT })
  const all = countByServer([...early.requests, ...spaced, ...anew.requests, ...again.requests])
  const both = agree(all.served, await director.connections(6))
  c.share('client and kernel count the same', both)
  const awayS = (again.requests[0]!.at - early.requests[0]!.at) / 1000
  if (lingering.some(({ expiresS }) => expiresS > 6)) {
    c.finding(
      "with the kernel's time-outs a client stays on its server for far longer than persistence_timeout: a template that runs out while a connection of it is still remembered (120 s after its FIN) is kept for another 60 s, again and again (ip_vs_conn.c, ip_vs_conn_expire)",
      `a client that came back after ${awayS.toFixed(1)} s still had a template (${lingering.map(({ expiresS }) => `${expiresS} s left`).join() || 'none'}) and was served by ${[...again.served.keys()].join()}, before by ${[...early.served.keys()].join()}`,
    )
  }
})

/** Requests 4 s apart, paced by one curl. */
async function everyFourSeconds(cluster: Cluster, count: number): Promise<Request[]> {
  const { client, clock, service, wire } = cluster
  const [began, intervalMs] = [clock.now(), 4_000]
  const command = curlCommand({ url: cluster.url(), count, intervalMs, maxTimeMs: PATIENT_MS })
  const { stdout } = await client.run(command, { timeoutMs: count * (intervalMs + PATIENT_MS) + 10_000, pollMs: 20 })
  await wire.catchUp()
  const filter = { dstIp: service.address, dstPort: service.port, clientIp: client.address }
  const syns = wire
    .handshakes(filter, { since: began })
    .map(({ srcPort, synAt }): [number, ClusterTime] => [srcPort, synAt])
  return placeInTime(parseCurlOutput(stdout), began, intervalMs, new Map(syns))
}

/**
 * Whoever comes back later than after the time-out is a new client. One that its machine's lateness made come late decides
 * nothing.
 *
 * @throws LvslabError `LVSLAB_E_PACE` when two requests were further apart
 */
async function demandPace(cluster: Cluster, requests: readonly Request[], mostMs: number): Promise<void> {
  const { client } = cluster
  const gaps = requests
    .slice(1)
    .map(({ at }, index) => ({ from: requests[index]!.at, at, ms: at - requests[index]!.at }))
  const slow = gaps.find(({ ms }) => ms >= mostMs)
  if (!slow) return
  const { machineMs } = await cluster.lateness(slow.from, { until: slow.at, machines: [client.name] })
  throw new LvslabError('assertion', 'LVSLAB_E_PACE', `two requests were ${slow.ms.toFixed(0)} ms apart`, {
    tried: 'one every 4 s',
    ...(machineMs >= slow.ms - 4_000 && {
      undecided: `${client.name} was late by ${machineMs.toFixed(0)} ms meanwhile`,
    }),
  })
}
