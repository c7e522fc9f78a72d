import type { ClusterTime } from '../clock.ts'
import type { CableId, TcpEvent, TunnelHeader, WireEvent } from './types.ts'

export interface HandshakeFilter {
  readonly dstIp: string
  readonly dstPort: number
  readonly clientIp?: string
}

/** One passage of a SYN over a cable: a forwarded SYN is seen once for each hop. */
export interface SynSighting {
  readonly at: ClusterTime
  readonly network: string
  readonly cable: CableId
  readonly srcMac: string
  readonly dstMac: string
  /** Other than the virtual IP where a director translated it (NAT) or put it into a tunnel (TUN): the real server's. */
  readonly dstIp: string
  /** Under TUN, the outer header; that is what tells it from NAT. */
  readonly tunnel?: TunnelHeader
}

/** A client's attempt to open a connection, and what came of it. */
export interface Handshake {
  readonly clientIp: string
  readonly srcPort: number
  readonly clientMac: string
  readonly clientCable: CableId
  /** When the client's first SYN entered the network. */
  readonly synAt: ClusterTime
  /** How often the client sent it: retransmissions have the same ports and sequence number (RFC 9293 section 3.8.1). */
  readonly synCount: number
  readonly lastSynAt: ClusterTime
  /** SYNs as they left other machines than the client, until the answer. */
  readonly forwarded: readonly SynSighting[]
  /** The destination MAC of the last of them: the real server that was chosen, when the director is the last hop. */
  readonly forwardedTo?: string
  /**
   * When the first SYN-ACK of the virtual service entered a network: at the real server's cable under DR and TUN, at the
   * director's under NAT. The real server's own answer, before it was translated, is not that of the virtual service.
   */
  readonly answeredAt?: ClusterTime
  readonly answerMac?: string
  readonly answerSrcIp?: string
  readonly answerCable?: CableId
  /** The first RST on this connection. */
  readonly resetAt?: ClusterTime
  readonly resetBy?: 'client' | 'server'
}

/** A handshake that is being put together. */
type Draft = { -readonly [Key in keyof Handshake]: Handshake[Key] } & { forwarded: SynSighting[]; readonly seq: number }

/**
 * Pairs each SYN to a virtual service with the first SYN-ACK that goes back. The same SYN is seen at each hop; the
 * cable that it came by first is the client's, and a SYN on any other cable is one that was forwarded.
 * @param events - in order, from before the first SYN that matters
 */
export function handshakes(events: readonly WireEvent[], filter: HandshakeFilter): Handshake[] {
  const drafts: Draft[] = []
  const current = new Map<string, Draft>()
  for (const event of events) {
    if (event.type !== 'tcp') continue
    if (event.syn && !event.ack) addSyn(event, filter, current, drafts)
    else if (event.syn) addAnswer(event, filter, current)
    else if (event.rst) addReset(event, filter, current)
  }
  return drafts.map(({ seq: _seq, ...handshake }) => handshake)
}

/** The way that a SYN took, each hop once, though the client may have sent it several times before it was answered. */
export function hopsOf({ forwarded, synCount }: Pick<Handshake, 'forwarded' | 'synCount'>): SynSighting[] {
  if (synCount === 1) return [...forwarded]
  const hops = new Map<string, SynSighting>()
  for (const hop of forwarded) {
    const key = [hop.cable, hop.dstMac, hop.dstIp].join(' ')
    if (!hops.has(key)) hops.set(key, hop)
  }
  return [...hops.values()]
}

function addSyn(event: TcpEvent, filter: HandshakeFilter, current: Map<string, Draft>, drafts: Draft[]): void {
  const key = clientKey(event.srcIp, event.srcPort)
  const known = current.get(key)
  if (known?.seq === event.seq) return addSighting(known, event)
  const toService = event.dstIp === filter.dstIp && event.dstPort === filter.dstPort
  if (!toService || event.srcIp !== (filter.clientIp ?? event.srcIp)) return
  const draft: Draft = {
    clientIp: event.srcIp,
    srcPort: event.srcPort,
    clientMac: event.srcMac,
    clientCable: event.cable,
    synAt: event.at,
    synCount: 1,
    lastSynAt: event.at,
    forwarded: [],
    seq: event.seq,
  }
  current.set(key, draft)
  drafts.push(draft)
}

function addSighting(draft: Draft, event: TcpEvent): void {
  if (event.cable === draft.clientCable) {
    draft.synCount++
    draft.lastSynAt = event.at
  } else if (draft.answeredAt === undefined) {
    const { at, network, cable, srcMac, dstMac, tunnel } = event
    const dstIp = tunnel?.dstIp ?? event.dstIp
    draft.forwarded.push({ at, network, cable, srcMac, dstMac, dstIp, ...(tunnel === undefined ? {} : { tunnel }) })
    draft.forwardedTo = dstMac
  }
}

function addAnswer(event: TcpEvent, filter: HandshakeFilter, current: Map<string, Draft>): void {
  const draft = current.get(clientKey(event.dstIp, event.dstPort))
  if (draft === undefined || draft.answeredAt !== undefined || !isFromService(event, filter)) return
  draft.answeredAt = event.at
  draft.answerMac = event.srcMac
  draft.answerSrcIp = event.srcIp
  draft.answerCable = event.cable
}

function addReset(event: TcpEvent, filter: HandshakeFilter, current: Map<string, Draft>): void {
  const byServer = isFromService(event, filter)
  const byClient = event.dstIp === filter.dstIp && event.dstPort === filter.dstPort
  if (!byServer && !byClient) return
  const key = byServer ? clientKey(event.dstIp, event.dstPort) : clientKey(event.srcIp, event.srcPort)
  const draft = current.get(key)
  if (draft === undefined || draft.resetAt !== undefined) return
  draft.resetAt = event.at
  draft.resetBy = byServer ? 'server' : 'client'
}

function isFromService(event: TcpEvent, { dstIp, dstPort }: HandshakeFilter): boolean {
  return event.srcIp === dstIp && event.srcPort === dstPort
}

function clientKey(ip: string, port: number): string {
  return `${ip}:${port}`
}
