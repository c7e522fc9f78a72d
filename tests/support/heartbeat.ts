import { setTimeout } from 'node:timers/promises'
import type { ClusterTime } from '../../src/clock.ts'
import { GREP_LOSSES, HEARTBEAT_LOSSES, type Cluster, type Node, type VirtualIp } from '../../src/cluster/index.ts'
import type { ArpEvent, EventMatcher, IcmpEvent, TcpEvent, UdpEvent } from '../../src/fabric/index.ts'
import { LvslabError } from '../../src/errors.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { readHeartbeatConfs, type HeartbeatConf } from '../../src/topology/heartbeat-conf/index.ts'
import type { GuestJournal, JournalLine } from './guest-journal.ts'
import { IN_ONE_PIECE, messagesLost, STARTED_AGAIN, tellLost } from './heartbeat-messages.ts'

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
  return packetOf(node, `a heartbeat status packet of ${node.name}`, ({ type }) => type === 'status')
}

/** A packet of a node's heartbeat. */
export function packetOf(
  node: Node,
  description: string,
  isIt: (packet: NonNullable<UdpEvent['heartbeat']>) => boolean,
): EventMatcher<UdpEvent> {
  return {
    description,
    match: (event) =>
      event.type === 'udp' && event.heartbeat !== undefined && event.srcIp === node.address && isIt(event.heartbeat),
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

/** How often a node's log is looked at while its announcements are waited for. */
const LOOK_EVERY_MS = 2_000

/** heartbeat's longest wait of its own once it is up (include/heartbeat.h, RQSTDELAY): after it nothing more comes. */
const SILENT_S = 10

export interface HeartbeatStart {
  readonly nodes: readonly Node[]
  /** The one that must announce `vips`. */
  readonly node: Node
  readonly vips: readonly VirtualIp[]
  readonly timeoutMs: number
}

/**
 * Starts heartbeat on nodes and waits until `node` has announced every virtual IP. Where heartbeat has lost a message of its
 * own scripts ({@link messagesLost}), `node` holds nothing, and waits for ever. That is a finding; the nodes then get scripts
 * that write a message in one piece, and heartbeat is started again, once.
 */
export async function startHeartbeat(
  c: ClaimContext,
  cluster: Cluster,
  options: HeartbeatStart,
): Promise<{ since: ClusterTime; announced: ArpEvent[] }> {
  const { nodes } = options
  const asShipped = cluster.clock.now()
  try {
    return await startOnce(c, cluster, options)
  } catch (error) {
    const lost = await messagesLost(cluster, nodes, asShipped)
    if (lost.length === 0) throw error
    const what = 'does not always take its resources when it starts'
    tellLost(c, cluster, { what, since: asShipped, lost, then: STARTED_AGAIN })
  }
  await Promise.all(nodes.map((one) => one.succeed(`systemctl stop heartbeat; : >/var/log/ha-log; ${IN_ONE_PIECE}`)))
  return startOnce(c, cluster, options)
}

async function startOnce(
  c: ClaimContext,
  cluster: Cluster,
  { nodes, node, vips, timeoutMs }: HeartbeatStart,
): Promise<{ since: ClusterTime; announced: ArpEvent[] }> {
  const since = cluster.clock.now()
  await Promise.all(nodes.map((one) => one.service('heartbeat').start()))
  const announced = untilAnnounced(c, cluster, node, vips, { since, timeoutMs })
  const ended = new AbortController()
  try {
    return { since, announced: await Promise.race([announced, untilLost(node, ended.signal)]) }
  } finally {
    ended.abort()
  }
}

/** Rejects once a node has lost a message of its scripts, none of them runs any more, and none has been started. */
async function untilLost(node: Node, signal: AbortSignal): Promise<never> {
  do await setTimeout(LOOK_EVERY_MS, undefined, { signal })
  while ((await node.run(HAS_LOST)).exitCode !== 0)
  throw new LvslabError('assertion', 'LVSLAB_E_HEARTBEAT_LOST', `heartbeat on ${node.name} lost its own request`, {
    seen: `${HEARTBEAT_LOSSES.map(({ logs }) => `"${logs}"`).join(' or ')} in its log, no script running, and nothing logged for ${SILENT_S} s`,
  })
}

// Brackets: pgrep would find the shell that has all this in its command.
const HAS_LOST = [
  `${GREP_LOSSES} /var/log/ha-log >/dev/null`,
  "! grep -q '[R]esourceManager.*Running .* start' /var/log/ha-log",
  "! pgrep -f '[R]esourceManager|req_[r]esource|mach_[d]own|/[h]arc|ha.d/+[r]c.d/' >/dev/null",
  `[ $(($(date +%s) - $(stat -c %Y /var/log/ha-log))) -ge ${SILENT_S} ]`,
].join(' && ')

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
