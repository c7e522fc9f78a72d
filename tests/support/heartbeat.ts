import { setTimeout } from 'node:timers/promises'
import type { ClusterTime } from '../../src/clock.ts'
import type { Cluster, Node, VirtualIp } from '../../src/cluster/index.ts'
import type { ArpEvent, EventMatcher, IcmpEvent, TcpEvent, UdpEvent } from '../../src/fabric/index.ts'
import { InfrastructureError } from '../../src/errors.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { readHeartbeatConfs, type HeartbeatConf } from '../../src/topology/heartbeat-conf/index.ts'
import type { GuestJournal, JournalLine } from './guest-journal.ts'

/** RFC 792. */
const ECHO_REQUEST = 8

/** heartbeat's configuration of a node, as the topology has it. */
export async function heartbeatConf(c: ClaimContext, node: Node): Promise<HeartbeatConf> {
  const conf = (await readHeartbeatConfs(c.topology)).get(node.name)
  if (conf) return conf
  throw new TypeError(`${node.name} has no heartbeat configuration`)
}

/** A gratuitous ARP by which a node announces a virtual IP, on that one's own network. */
export function announcementOf(node: Node, { address, spec }: VirtualIp): EventMatcher<ArpEvent> {
  const own = node.spec.interfaces.find(({ network }) => network === spec.network)?.mac
  return {
    description: `a gratuitous ARP for ${address} of ${node.name}`,
    match: (event) =>
      event.type === 'arp' &&
      event.gratuitous &&
      event.senderIp === address &&
      event.network === spec.network &&
      event.senderMac === own,
    related: (event) => event.type === 'arp' && event.gratuitous,
  }
}

/** A status packet of heartbeat: the one kind that counts as a sign of life. */
export function statusOf(node: Node): EventMatcher<UdpEvent> {
  return {
    description: `a heartbeat status packet of ${node.name}`,
    match: (event) => event.type === 'udp' && event.heartbeat?.type === 'status' && event.srcIp === node.address,
    related: (event) => event.type === 'udp' && event.heartbeat !== undefined,
  }
}

/** keepalived's layer-3 check: an echo request to a real server. */
export function echoRequestOf(node: Node, servers: readonly string[]): EventMatcher<IcmpEvent> {
  const cables = node.spec.interfaces.map(({ name }) => node.cable(name))
  return {
    description: `an echo request of ${node.name} to ${servers.join(' or ')}`,
    match: (event) =>
      event.type === 'icmp' &&
      event.icmpType === ECHO_REQUEST &&
      cables.includes(event.cable) &&
      servers.includes(event.dstIp),
    related: (event) => event.type === 'icmp',
  }
}

/** An answer of the virtual service to a client. */
export function answerOf({ service }: Cluster): EventMatcher<TcpEvent> {
  return {
    description: `an answer of ${service.address}:${service.port}`,
    match: (event) =>
      event.type === 'tcp' && event.http?.startsWith('HTTP/') === true && event.srcIp === service.address,
    related: (event) => event.type === 'tcp',
  }
}

/** Waits until a node has announced every virtual IP; answers the first announcement of each, in the order asked for. */
export async function untilAnnounced(
  c: ClaimContext,
  cluster: Cluster,
  node: Node,
  vips: readonly VirtualIp[],
  options: { readonly since: ClusterTime; readonly timeoutMs: number },
): Promise<ArpEvent[]> {
  c.say(`waiting for ${node.name} to announce ${vips.map(({ address }) => address).join(' and ')}`)
  return Promise.all(vips.map((vip) => cluster.wire.waitFor(announcementOf(node, vip), options)))
}

/** A third failure in a row is something else than a race. */
const STARTS = 3

/** How often a node's log is looked at while its announcements are waited for. */
const LOOK_EVERY_MS = 5_000

/** A node whose scripts mixed their messages and that has run none of them this long after has lost its request. */
const LOST_AFTER_MS = 20_000

/**
 * Starts heartbeat on nodes and waits until `node` has announced every virtual IP. heartbeat's scripts write messages to
 * one FIFO side by side and may mix them (ClusterLabs/resource-agents#396, open since 2014): then it has lost its own
 * request, holds nothing, and says so in its log. That is a finding, and heartbeat is started again.
 */
export async function startHeartbeat(
  c: ClaimContext,
  cluster: Cluster,
  {
    nodes,
    node,
    vips,
    timeoutMs,
  }: { nodes: readonly Node[]; node: Node; vips: readonly VirtualIp[]; timeoutMs: number },
): Promise<{ since: ClusterTime; announced: ArpEvent[] }> {
  for (let start = 1; ; start++) {
    const since = cluster.clock.now()
    await Promise.all(nodes.map((one) => one.service('heartbeat').start()))
    try {
      return { since, announced: await announcedOrLost(c, cluster, { node, vips, since, timeoutMs }) }
    } catch (error) {
      const mixed = await mixedMessages(node)
      if (mixed === '' || start === STARTS) throw error
      c.finding(
        'heartbeat 3.0.6 does not always take its resources when it starts: two of its scripts mixed their messages in ' +
          'its FIFO (ClusterLabs/resource-agents#396), its own request was lost, and it held nothing until it was started again',
        `start ${start}, after ${Math.round(cluster.clock.now() - since)} ms: ${mixed.trim()}`,
      )
      await Promise.all(nodes.map((one) => one.succeed('systemctl stop heartbeat; : >/var/log/ha-log')))
    }
  }
}

/** Waits for every announcement, and no longer than it takes to see that heartbeat has lost its own request. */
async function announcedOrLost(
  c: ClaimContext,
  cluster: Cluster,
  { node, vips, since, timeoutMs }: { node: Node; vips: readonly VirtualIp[]; since: ClusterTime; timeoutMs: number },
): Promise<ArpEvent[]> {
  const announced = untilAnnounced(c, cluster, node, vips, { since, timeoutMs })
  const ended = new AbortController()
  try {
    return await Promise.race([announced, untilLost(cluster, node, ended.signal)])
  } finally {
    ended.abort()
  }
}

/** Rejects once a node's scripts have mixed their messages and none has been run since for LOST_AFTER_MS. */
async function untilLost(cluster: Cluster, node: Node, signal: AbortSignal): Promise<never> {
  let mixedAt: ClusterTime | undefined
  for (;;) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal })
    if ((await mixedMessages(node)) === '' || (await hasTakenAny(node))) continue
    mixedAt ??= cluster.clock.now()
    if (cluster.clock.now() - mixedAt < LOST_AFTER_MS) continue
    throw new InfrastructureError('LVSLAB_E_HEARTBEAT_LOST', `heartbeat on ${node.name} lost its own request`, {
      seen: `"NV failure" in its log, and no resource script run for ${LOST_AFTER_MS / 1000} s since`,
      todo: 'start heartbeat again',
    })
  }
}

async function mixedMessages(node: Node): Promise<string> {
  return (await node.run("grep -F 'NV failure (msgfromsteam)' /var/log/ha-log")).stdout
}

async function hasTakenAny(node: Node): Promise<boolean> {
  return (await node.run("grep -q 'ResourceManager.*Running .* start' /var/log/ha-log")).exitCode === 0
}

/** The resources of haresources, as ResourceManager logs them: "IPaddr 10.10.10.9/24/eth1". */
export function writtenResources(conf: HeartbeatConf): string[] {
  return conf.resources.flatMap(({ resources }) => resources.map(({ script, args }) => [script, ...args].join(' ')))
}

/** Resource scripts that ResourceManager ran, in their order. */
export function scriptsRun(journal: GuestJournal, what: 'start' | 'stop'): (JournalLine & { resource: string })[] {
  const pattern = new RegExp(`ResourceManager.*Running /etc/ha.d/+resource.d/(.*?) +${what}$`)
  return journal.lines.flatMap((line) => {
    const resource = pattern.exec(line.text)?.[1]
    return resource === undefined ? [] : [{ ...line, resource }]
  })
}

/** keepalived has filled the kernel's table: from here on the virtual service is there. */
export function serviceIsUp(journal: GuestJournal): JournalLine {
  return journal.must(/Keepalived_healthcheckers.*Gained quorum/)
}

/** Which of all this a node has now: the virtual IPs that it holds, and whether keepalived runs. */
export async function holdings(node: Node, vips: readonly VirtualIp[]): Promise<string[]> {
  const text = await node.succeed('ip -o -4 address show; pgrep -x keepalived >/dev/null && echo keepalived runs || :')
  const held = vips.map(({ address }) => address).filter((address) => text.includes(` ${address}/`))
  return [...held, ...(text.includes('keepalived runs') ? ['keepalived'] : [])]
}
