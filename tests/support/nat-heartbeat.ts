import { after, type ClusterTime } from '../../src/clock.ts'
import type { Cluster, Director, Node, VirtualIp } from '../../src/cluster/index.ts'
import type { EventMatcher, UdpEvent } from '../../src/fabric/index.ts'
import type { ClaimBoot, ClaimContext } from '../../src/run/claim-context.ts'
import { atPhase } from '../../src/run/sweep.ts'
import { natHidesRealServers, type FailoverOptions } from '../../src/verdict/index.ts'
import type { JournalLine } from './guest-journal.ts'
import { echoRequestOf } from './heartbeat.ts'
import { shares } from './steps.ts'

/** Beyond a window's end: so that a late event is measured, and judged, and not merely waited for in vain. */
export const SLOW_MS = 30_000

/** RFC 792. */
const ECHO_REPLY = 0

/** Document 000's cluster, with its parts by name. */
export async function natCluster(
  c: ClaimContext,
  options: Pick<ClaimBoot, 'needs'> = {},
): Promise<{
  cluster: Cluster
  master: Node
  slave: Node
  vip: VirtualIp
  gate: VirtualIp
  /** Addresses of the real servers. */
  servers: string[]
}> {
  const cluster = await c.boot(options)
  const [vip, gate] = cluster.vips
  const master = await vip!.owner()
  const [slave] = vip!.candidates.filter((node) => node !== master)
  const servers = cluster.service.realServers.map(({ address }) => address)
  return { cluster, master, slave: slave!, vip: vip!, gate: gate!, servers }
}

/** Why NAT may show a private address after a takeover. */
export const ORPHANS =
  'a director that takes over knows no connection of the old one, and routes what servers still send for it as it is'

/** Says so as a finding, with the frames, where the wire shows it. */
export function tellOrphans(c: ClaimContext, cluster: Cluster, since: ClusterTime): void {
  const shown = natHidesRealServers.violations(cluster, since, cluster.clock.now())
  if (shown.length === 0) return
  c.finding(`NAT hides the servers' addresses only while the director lives: ${ORPHANS}`, shown.join('\n'))
}

/** Waits until a server has answered a director's layer-3 check a number of times; answers when it did last. */
export async function untilChecked(
  c: ClaimContext,
  cluster: Cluster,
  director: Node,
  server: string,
  { since, times }: { readonly since: ClusterTime; readonly times: number },
): Promise<ClusterTime> {
  const { delayLoopS, anchor } = await healthCheck(c, director, server)
  c.say(`waiting for ${times} health checks of ${server}`)
  let seenAt = since
  for (let count = 0; count < times; count++) {
    const timeoutMs = delayLoopS * 1000 + 10_000
    seenAt = (await cluster.wire.waitFor(anchor, { since: after(seenAt, 0.001), timeoutMs })).at
  }
  return seenAt
}

/**
 * Waits until the middle between two of a director's layer-3 checks of a server: a fault right at one would be seen by it
 * or by the next, which is a whole delay_loop later, as a few ms decide.
 */
export async function amidChecks(c: ClaimContext, cluster: Cluster, director: Node, server: string): Promise<void> {
  const { delayLoopS, anchor } = await healthCheck(c, director, server)
  c.say(`waiting for a health check of ${server}, and half a delay_loop more`)
  await atPhase(cluster, { anchor, intervalMs: delayLoopS * 1000, phase: 0.5 })
}

async function healthCheck(
  c: ClaimContext,
  director: Node,
  server: string,
): Promise<{ readonly delayLoopS: number; readonly anchor: EventMatcher }> {
  const delayLoopS = Math.max(...(await c.windows).conf(director.name).virtualServers.map((one) => one.delayLoopS))
  const own = director.spec.interfaces.map(({ address }) => address.split('/')[0])
  const anchor: EventMatcher = {
    description: `an echo reply of ${server} to ${director.name}`,
    match: (event) =>
      event.type === 'icmp' && event.icmpType === ECHO_REPLY && event.srcIp === server && own.includes(event.dstIp),
    related: (event) => event.type === 'icmp',
  }
  return { delayLoopS, anchor }
}

/**
 * Requests one after another, by two witnesses that must agree on each: the client by the page that came, the kernel by
 * its table of connections. For a cluster that was under load just before: `ipvsadm -Z` does not take back what the kernel
 * has not summed up yet (ip_vs_est.c, every two seconds). Answers the server of each request, in order.
 */
export async function tracedShares(
  c: ClaimContext,
  cluster: Cluster,
  director: Director,
  count: number,
): Promise<string[]> {
  const { requests, failed } = await shares(cluster, count)
  c.check('every request is answered', requests.length === count && failed === 0, `${failed} of ${count} failed`)
  const table = await director.connectionTable()
  const scheduled = requests.map(
    ({ localPort }) =>
      table.find(({ clientIp, clientPort }) => clientIp === cluster.client.address && clientPort === localPort)
        ?.serverIp,
  )
  c.check(
    'client and kernel agree on the server of each',
    requests.every(({ server }, index) => server === scheduled[index]),
    scheduled.map((server) => server ?? 'unknown').join(' '),
  )
  return requests.map(({ server }) => server ?? 'nobody')
}

export async function checkServed(c: ClaimContext, cluster: Cluster, text: string): Promise<void> {
  const { failed, served } = await shares(cluster, 6)
  const by = [...served].map(([server, count]) => `${server}: ${count}`).join(', ')
  c.check(text, failed === 0 && served.size === cluster.service.realServers.length, `${by}; failed: ${failed}`)
}

type Mark = NonNullable<FailoverOptions['marks']>[number]

/** That heartbeat took the other node for dead: no wire shows it, the journal of the node that takes over does. */
export function declaredDeadMark({ name }: Node, { at }: JournalLine): Mark {
  return { at, kind: 'declared dead', label: `${name} takes the other node for dead, by its journal`, node: name }
}

export function keepalivedUpMark({ name }: Node, { at }: JournalLine): Mark {
  return { at, kind: 'keepalived up', label: 'keepalived has filled the table, by its journal', node: name }
}

/** When a director made its first health check: the first packet of keepalived, the last of the resources. */
export function firstCheckMark(cluster: Cluster, node: Node, since: ClusterTime): Mark[] {
  const isCheck = echoRequestOf(
    node,
    cluster.service.realServers.map(({ address }) => address),
  ).match
  const first = cluster.wire.within({ since }).find(isCheck)
  if (first?.type !== 'icmp') return []
  const { at, network, srcIp, dstIp } = first
  const filter = `icmp.type == 8 && ip.src == ${srcIp} && ip.dst == ${dstIp}`
  return [{ at, kind: 'first health check', label: `echo request to ${dstIp}`, node: node.name, network, filter }]
}

/** The sign of life by which a node that returns makes itself known. */
export function firstHeartbeatMark(node: Node, { at, network, srcIp, dstPort }: UdpEvent): Mark {
  const filter = `udp.dstport == ${dstPort} && ip.src == ${srcIp} && frame contains "t=status"`
  return { at, kind: 'first heartbeat', label: `first status packet of ${node.name}`, node: node.name, network, filter }
}
