import { after, type ClusterTime } from '../../clock.ts'
import type { Cluster, Node } from '../../cluster/index.ts'
import type { TcpEvent, WireEvent } from '../../fabric/index.ts'
import { type Checker, readKeepalivedConfs } from '../../topology/keepalived-conf/index.ts'
import { withoutPrefix } from '../../topology/ipv4.ts'

/** One try of a checker, as the wire shows it. */
export interface Probe {
  /** When its first packet was seen. */
  readonly at: ClusterTime
  /**
   * From when on it may have been under way: its first packet waits where the director must ask for the server's address
   * first, and goes when somebody answers, even if its checker has given up meanwhile.
   */
  readonly earliest: ClusterTime
  /** The last that was seen of it; `at` for one that nobody answered. */
  readonly endAt: ClusterTime
  /** It got what it asked for; a check that fails is followed by other delays. */
  readonly ok: boolean
}

/** A checker whose probes can be told from all others on the wire. */
export interface Watched {
  readonly director: Node
  readonly server: string
  readonly port: number
  readonly checker: Checker
  /** Of keepalived. */
  readonly version: string
}

/** Of these the wire shows whether they succeeded; of one that is encrypted, or talks more, it does not. */
const BY_CONNECTION: readonly Checker['kind'][] = ['TCP_CHECK', 'HTTP_GET']

/**
 * The checkers of a cluster's directors that probe from an address of their own, by TCP or by ping, and that share their
 * target with no other checker of the same director: two of them would look like one with another rhythm.
 */
export async function watchedCheckers(cluster: Cluster): Promise<Watched[]> {
  const confs = await readKeepalivedConfs(cluster.topology, { versions: cluster.keepaliveds })
  const all = [...confs].flatMap(([name, { version, virtualServers }]) =>
    virtualServers.flatMap((service) =>
      service.realServers.flatMap((server) =>
        server.checkers.map((checker) => ({
          director: cluster.node(name),
          server: checker.connectIp ?? server.address,
          port: checker.kind === 'PING_CHECK' ? 0 : (checker.connectPort ?? server.port ?? service.port ?? 0),
          checker,
          version,
        })),
      ),
    ),
  )
  const target = ({ director, server, port }: Watched): string => `${director.name} ${server}:${port}`
  return all.filter(
    (one) =>
      (BY_CONNECTION.includes(one.checker.kind) || one.checker.kind === 'PING_CHECK') &&
      all.filter((other) => target(other) === target(one)).length === 1,
  )
}

/** The probes of one checker, in order. `events` are the wire's, in order. */
export function probesOf(watched: Watched, events: readonly WireEvent[]): Probe[] {
  const own = new Set(watched.director.spec.interfaces.map(({ address }) => withoutPrefix(address)))
  const probes = watched.checker.kind === 'PING_CHECK' ? pings(watched, own, events) : connections(watched, own, events)
  const waits = waitsForAddress(watched, own, events)
  return probes.map((probe) => {
    const wait = waits.findLast(({ to }) => to <= probe.at && probe.at - to <= RELEASED_WITHIN_MS)
    return wait ? { ...probe, earliest: Math.max(wait.from, probe.at - HELD_MS) as ClusterTime } : probe
  })
}

/** The kernel asks three times, a second apart, and then drops what waits (arp(7), mcast_solicit, retrans_time). */
const [ROUND, HELD_MS] = [3, 3_200]
/** An answer releases at once what waits for it; a machine that is late is judged as such. */
const RELEASED_WITHIN_MS = 150

interface AddressWait {
  readonly from: ClusterTime
  readonly to: ClusterTime
}

/**
 * When a director asked everybody for a server's address, and until when nobody answered. Where its cable had come back
 * shortly before, its first question may have been asked into a pulled one.
 */
function waitsForAddress(
  { director, server }: Watched,
  own: ReadonlySet<string>,
  events: readonly WireEvent[],
): AddressWait[] {
  const heard = new Set([BROADCAST, ...director.spec.interfaces.map(({ mac }) => mac)])
  const waits: AddressWait[] = []
  let asked: ClusterTime[] = []
  let pluggedAt = -Infinity
  for (const event of events) {
    if (event.type === 'cable' && event.cable.startsWith(`${director.name}:`)) pluggedAt = event.at
    if (event.type !== 'arp') continue
    const { at, operation, senderIp, targetIp, dstMac } = event
    if (operation === 'request' && own.has(senderIp) && targetIp === server && dstMac === BROADCAST) asked.push(at)
    // Whatever the director hears of the server tells it the address (net/ipv4/arp.c, arp_process).
    if (senderIp === server && heard.has(dstMac) && asked.length > 0) {
      const round = asked.slice(-ROUND).filter((one) => at - one <= HELD_MS)
      const unseen = at - pluggedAt <= HELD_MS
      waits.push({ from: unseen ? after(at, -HELD_MS) : (round[0] ?? at), to: at })
      asked = []
    }
  }
  return waits
}

const BROADCAST = 'ff:ff:ff:ff:ff:ff'

interface Connection extends Probe {
  endAt: ClusterTime
  ok: boolean
  /** By the director. */
  closed: boolean
  readonly seq: number
}

function connections(
  { server, port, checker }: Watched,
  own: ReadonlySet<string>,
  events: readonly WireEvent[],
): Probe[] {
  const isHttp = checker.kind === 'HTTP_GET'
  const found: Connection[] = []
  const current = new Map<number, Connection>()
  for (const event of events) {
    if (event.type !== 'tcp') continue
    const out = own.has(event.srcIp) && event.dstIp === server && event.dstPort === port
    const back = own.has(event.dstIp) && event.srcIp === server && event.srcPort === port
    if (!out && !back) continue
    const known = current.get(out ? event.srcPort : event.dstPort)
    if (out && event.syn && !(known?.seq === event.seq)) {
      const probe = { at: event.at, earliest: event.at, endAt: event.at, ok: false, closed: false, seq: event.seq }
      found.push(probe)
      current.set(event.srcPort, probe)
    } else if (known) {
      known.endAt = event.at
      // Who has closed has given up: an answer that comes yet is for nobody.
      if (out && (event.fin || event.rst)) known.closed = true
      if (back && !known.closed && isSuccess(event, isHttp)) known.ok = true
    }
  }
  return found.map(({ at, earliest, endAt, ok }) => ({ at, earliest, endAt, ok }))
}

function isSuccess(event: TcpEvent, isHttp: boolean): boolean {
  return isHttp ? event.http !== undefined && /^HTTP\/[\d.]+ 2/.test(event.http) : event.syn && event.ack
}

/** ICMP echo request and reply (RFC 792). */
const [ECHO_REPLY, ECHO_REQUEST] = [0, 8]

function pings({ server }: Watched, own: ReadonlySet<string>, events: readonly WireEvent[]): Probe[] {
  const found: (Probe & { endAt: ClusterTime; ok: boolean })[] = []
  for (const event of events) {
    if (event.type !== 'icmp') continue
    if (event.icmpType === ECHO_REQUEST && own.has(event.srcIp) && event.dstIp === server) {
      found.push({ at: event.at, earliest: event.at, endAt: event.at, ok: false })
    }
    const last = found.at(-1)
    if (last && event.icmpType === ECHO_REPLY && event.srcIp === server && own.has(event.dstIp)) {
      last.endAt = event.at
      last.ok = true
    }
  }
  return found
}
