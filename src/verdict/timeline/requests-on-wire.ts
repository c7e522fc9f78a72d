import { after, type ClusterTime } from '../../clock.ts'
import type { Handshake, TcpEvent, Wire } from '../../fabric/index.ts'

/** A client that keeps asking a virtual service on fresh connections. */
export interface LoadOnWire {
  readonly clientIp: string
  readonly service: { readonly address: string; readonly port: number }
  /** How long the client waits for each answer, ms. */
  readonly maxTimeMs: number
  /** Between the begins of two requests, ms. */
  readonly intervalMs: number
  /** From when on the client gives account of its requests: what began before and came to nothing does not count. */
  readonly began: ClusterTime
  /** When the client was told to stop: what came to nothing later, or began later, does not count. */
  readonly until: ClusterTime
}

/** A client's request as the wire shows it, from its SYN on. What follows the answer's first segment is not looked at. */
export interface RequestOnWire {
  readonly outcome: 'served' | 'lost' | 'open'
  readonly handshake: Handshake
  /** When it was known to be lost: refused or broken off, or the client's patience at its end. */
  readonly lostAt?: ClusterTime
  /** The packet of the client that got it as far as it came: of a served one, the service was there then. */
  readonly lastSentAt: ClusterTime
  /** Of a lost one: the first packet that brought nothing. */
  readonly firstVainAt: ClusterTime
  /** The first segment of its HTTP answer, of whatever status. */
  readonly answer?: TcpEvent
}

/** All requests of a load in the order of their SYNs. A request that sent none (no ARP answer, no carrier) is not there. */
export function requestsOnWire(wire: Wire, load: LoadOnWire): RequestOnWire[] {
  const { clientIp, service } = load
  const tries = wire.handshakes({ dstIp: service.address, dstPort: service.port, clientIp })
  const ofPort = new Map<number, Segments>()
  for (const event of wire.events) {
    if (event.type !== 'tcp' || event.http === undefined) continue
    const answer = event.dstIp === clientIp && event.srcIp === service.address && event.srcPort === service.port
    const question = event.srcIp === clientIp && event.dstIp === service.address && event.dstPort === service.port
    if (!answer && !question) continue
    const port = answer ? event.dstPort : event.srcPort
    const segments = ofPort.get(port) ?? { questions: [], answers: [] }
    segments[answer ? 'answers' : 'questions'].push(event)
    ofPort.set(port, segments)
  }
  return tries.map((handshake, index) => {
    // A port may be used again: its later connection's segments are not this one's.
    const next = tries.slice(index + 1).find(({ srcPort }) => srcPort === handshake.srcPort)?.synAt ?? Infinity
    const own = ({ at }: TcpEvent): boolean => at >= handshake.synAt && at < next
    const { questions = [], answers = [] } = ofPort.get(handshake.srcPort) ?? {}
    return requestOf(handshake, { questions: questions.filter(own), answers: answers.filter(own) }, load)
  })
}

interface Segments {
  readonly questions: TcpEvent[]
  readonly answers: TcpEvent[]
}

function requestOf(handshake: Handshake, { questions, answers }: Segments, load: LoadOnWire): RequestOnWire {
  const { synAt, lastSynAt, answeredAt, resetAt, resetBy, clientCable } = handshake
  const deadline = after(synAt, load.maxTimeMs)
  const asked = questions.filter(({ cable, at }) => cable === clientCable && at <= deadline)
  const answer = answers.find(({ at }) => at <= deadline)
  const refusedAt = resetBy === 'server' && resetAt !== undefined ? resetAt : undefined
  const good = answer !== undefined && isSuccess(answer) && (refusedAt === undefined || refusedAt >= answer.at)
  const lostAt = good ? undefined : (refusedAt ?? Infinity) < deadline ? refusedAt! : deadline
  const outcome = outcomeOf({ synAt, lostAt, load })
  const lastSyn = lastSynAt <= deadline ? lastSynAt : synAt
  return {
    ...{ outcome, handshake },
    ...(lostAt === undefined || outcome === 'open' ? {} : { lostAt }),
    lastSentAt: asked.at(-1)?.at ?? (answeredAt !== undefined && answeredAt <= deadline ? answeredAt : lastSyn),
    firstVainAt: answeredAt === undefined || answeredAt > deadline ? synAt : (asked[0]?.at ?? answeredAt),
    ...(answer === undefined ? {} : { answer }),
  }
}

function outcomeOf({
  synAt,
  lostAt,
  load: { began, until },
}: {
  readonly synAt: ClusterTime
  readonly lostAt: ClusterTime | undefined
  readonly load: LoadOnWire
}): RequestOnWire['outcome'] {
  if (synAt > until) return 'open'
  if (lostAt === undefined) return 'served'
  return synAt >= began && lostAt <= until ? 'lost' : 'open'
}

/** RFC 9110 section 15.3. */
function isSuccess({ http }: TcpEvent): boolean {
  return /^HTTP\/1\.\d 2\d\d/.test(http ?? '')
}
