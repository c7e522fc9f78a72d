import type { ClusterTime } from '../clock.ts'
import type { CableId, TcpEvent, WireEvent } from './types.ts'

/**
 * A SYN-ACK that reached a client from an address that the client never sent a SYN to. That is what NAT looks like
 * when the real server has a way to the client that does not pass the director.
 */
export interface StrayAnswer {
  readonly at: ClusterTime
  readonly srcIp: string
  readonly srcPort: number
  /** The client's port. */
  readonly dstPort: number
  readonly srcMac: string
  readonly cable: CableId
  /** How often it was sent: a real server repeats it when nothing comes back. */
  readonly count: number
  /** When the client refused it with a RST (RFC 9293 section 3.10.7.3); undefined if it did not. */
  readonly resetAt?: ClusterTime
}

type Draft = { -readonly [Key in keyof StrayAnswer]: StrayAnswer[Key] }

/**
 * Stray answers to one client. Where NAT works, the real server's answer is addressed to the client's IP too, but to the
 * director's MAC: only what was sent to a MAC that the client's own SYNs came from has reached the client.
 * @param events - in order, from before the client's first SYN
 */
export function strayAnswers(events: readonly WireEvent[], clientIp: string): StrayAnswer[] {
  const drafts = new Map<string, Draft>()
  const asked = new Set<string>()
  const clientMacs = clientMacsOf(events, clientIp)
  for (const event of events) {
    if (event.type !== 'tcp') continue
    const sentBy = event.srcIp === clientIp
    const key = sentBy
      ? `${event.srcPort} ${event.dstIp}:${event.dstPort}`
      : `${event.dstPort} ${event.srcIp}:${event.srcPort}`
    if (sentBy && event.syn && !event.ack && clientMacs.has(event.srcMac)) asked.add(key)
    if (sentBy && event.rst) noteReset(drafts.get(key), event)
    if (event.dstIp !== clientIp || !event.syn || !event.ack) continue
    if (!asked.has(key) && clientMacs.has(event.dstMac)) note(drafts, key, event)
  }
  return [...drafts.values()]
}

function note(drafts: Map<string, Draft>, key: string, event: TcpEvent): void {
  const known = drafts.get(key)
  if (known !== undefined) {
    drafts.set(key, { ...known, count: known.count + 1 })
    return
  }
  const { at, srcIp, srcPort, dstPort, srcMac, cable } = event
  drafts.set(key, { at, srcIp, srcPort, dstPort, srcMac, cable, count: 1 })
}

function noteReset(draft: Draft | undefined, event: TcpEvent): void {
  if (draft !== undefined) draft.resetAt ??= event.at
}

/** A SYN is seen at each hop; the first sight of it is the client's own. */
function clientMacsOf(events: readonly WireEvent[], clientIp: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const macs = new Set<string>()
  for (const event of events) {
    if (event.type !== 'tcp' || event.srcIp !== clientIp || !event.syn || event.ack) continue
    const key = `${event.srcPort} ${event.seq}`
    if (!seen.has(key)) macs.add(event.srcMac)
    seen.add(key)
  }
  return macs
}
