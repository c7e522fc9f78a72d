import { after, type ClusterTime } from '../../src/clock.ts'
import type { Cluster, Director, Node, VirtualIp } from '../../src/cluster/index.ts'
import type { ArpEvent, TcpEvent, UdpEvent } from '../../src/fabric/index.ts'
import type { Fault } from '../../src/fault/index.ts'
import type { Request } from '../../src/load/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import type { TimelineDraft } from '../../src/verdict/index.ts'
import type { JournalLine } from './guest-journal.ts'
import { shares } from './steps.ts'

/** Beyond a window's end: so that a late event is measured, and judged, and not merely waited for in vain. */
export const SLOW_MS = 30_000

/** RFC 792. */
const ECHO_REPLY = 0

/** Document 000's cluster, with its parts by name. */
export async function natCluster(c: ClaimContext): Promise<{
  cluster: Cluster
  master: Node
  slave: Node
  vip: VirtualIp
  gate: VirtualIp
  /** Addresses of the real servers. */
  servers: string[]
}> {
  const cluster = await c.boot()
  const [vip, gate] = cluster.vips
  const master = await vip!.owner()
  const [slave] = vip!.candidates.filter((node) => node !== master)
  const servers = cluster.service.realServers.map(({ address }) => address)
  return { cluster, master, slave: slave!, vip: vip!, gate: gate!, servers }
}

/** Waits until a server has answered a director's layer-3 check a number of times; answers when it did last. */
export async function untilChecked(
  c: ClaimContext,
  cluster: Cluster,
  director: Node,
  server: string,
  { since, times }: { readonly since: ClusterTime; readonly times: number },
): Promise<ClusterTime> {
  const delayLoopS = Math.max(...(await c.windows).conf(director.name).virtualServers.map((one) => one.delayLoopS))
  const own = director.spec.interfaces.map(({ address }) => address.split('/')[0])
  c.say(`waiting for ${times} health checks of ${server}`)
  let seenAt = since
  for (let count = 0; count < times; count++) {
    const reply = await cluster.wire.waitFor(
      {
        description: `an echo reply of ${server} to ${director.name}`,
        match: (event) =>
          event.type === 'icmp' && event.icmpType === ECHO_REPLY && event.srcIp === server && own.includes(event.dstIp),
        related: (event) => event.type === 'icmp',
      },
      { since: after(seenAt, 0.001), timeoutMs: delayLoopS * 1000 + 10_000 },
    )
    seenAt = reply.at
  }
  return seenAt
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

/** A takeover in the order of its events. */
export function heartbeatTimeline(
  { vips: [vip, gate] }: Cluster,
  seen: {
    readonly fault: Fault
    readonly master: Node
    readonly slave: Node
    readonly last: UdpEvent
    readonly dead: JournalLine
    readonly first: ArpEvent
    readonly second: ArpEvent
    readonly up: JournalLine
    readonly answer: TcpEvent
    readonly requests: readonly Request[]
  },
): TimelineDraft {
  const [master, slave] = [seen.master.name, seen.slave.name]
  const events = [
    { at: seen.last.at, kind: 'last heartbeat', label: `last status packet of ${master}`, node: master },
    { at: seen.fault.at, kind: 'fault', label: `${seen.fault.kind} ${seen.fault.target}`, node: master },
    { at: seen.dead.at, kind: 'declared dead', label: `${slave} takes ${master} for dead`, node: slave },
    { at: seen.first.at, kind: 'gratuitous ARP', label: `gratuitous ARP for ${gate!.address} (V-gate)`, node: slave },
    { at: seen.second.at, kind: 'gratuitous ARP', label: `gratuitous ARP for ${vip!.address} (VIP)`, node: slave },
    { at: seen.up.at, kind: 'keepalived', label: 'keepalived has filled the table', node: slave },
    { at: seen.answer.at, kind: 'first answer', label: 'first request answered', node: slave },
  ]
  const [from, to] = [seen.last.at - 1_500, seen.answer.at + 1_500]
  return {
    title: `${master} loses power`,
    events: events.map(({ at, ...rest }) => ({ atMs: at, ...rest })).sort((a, b) => a.atMs - b.atMs),
    requests: seen.requests
      .filter(({ at }) => at >= from && at <= to)
      .map(({ at, durationMs, ok, server }) => ({
        ...{ atMs: at, durationMs, outcome: ok ? ('ok' as const) : ('error' as const) },
        ...(server === undefined ? {} : { server }),
      })),
  }
}
