import type { Cluster, Node } from '../../cluster/index.ts'
import type { CableId, Handshake } from '../../fabric/index.ts'
import { displayFilter } from './display-filter.ts'
import type { EventDraft } from './draft.ts'
import { given } from './draft.ts'
import { nodeOfCable, seen } from './handover-events.ts'
import type { LoadOnWire, RequestOnWire } from './requests-on-wire.ts'
import type { WireBlackout } from './wire-blackout.ts'

/** The first SYN that was answered by way of a director, and the first HTTP answer to a request that went that way. */
export function firstAnswers(
  cluster: Cluster,
  requests: readonly RequestOnWire[],
  to: Node,
  { service, clientIp, until }: LoadOnWire,
): EventDraft[] {
  const via = requests.filter(({ handshake }) => passed(cluster, handshake, to))
  const opened = via
    .filter(({ handshake: { answeredAt } }) => answeredAt !== undefined && answeredAt <= until)
    .sort((a, b) => a.handshake.answeredAt! - b.handshake.answeredAt!)[0]?.handshake
  const answer = via
    .flatMap((request) => request.answer ?? [])
    .filter(({ at }) => at <= until)
    .sort((a, b) => a.at - b.at)[0]
  const answered = opened && {
    ...seen(
      { at: opened.answeredAt!, network: networkOf(cluster, opened.answerCable!) },
      'first SYN answered',
      `${service.address} answers the client's port ${opened.srcPort}, by way of ${to.name}`,
      displayFilter.synAck({ srcIp: service.address, srcPort: service.port, dstIp: clientIp, dstPort: opened.srcPort }),
    ),
    ...given('node', cluster.nodeByMac(opened.answerMac)?.name),
  }
  const page = answer && {
    ...seen(
      answer,
      'first HTTP answer',
      `${answer.http ?? ''} to the client's port ${answer.dstPort}`,
      displayFilter.httpAnswer(answer),
    ),
    ...given('node', cluster.nodeByMac(answer.srcMac)?.name),
  }
  return [answered, page].filter((event) => event !== undefined)
}

/** The ends of a client's blackout: the first request that was lost, and the first one served after the last lost. */
export function blackoutEvents(
  cluster: Cluster,
  { firstLost, firstServed }: WireBlackout,
  { service, clientIp }: LoadOnWire,
): EventDraft[] {
  const of = (request: RequestOnWire | undefined, kind: string, label: string): EventDraft[] => {
    if (request === undefined) return []
    const { synAt, srcPort, clientCable } = request.handshake
    const network = networkOf(cluster, clientCable)
    const filter = displayFilter.syn({ srcIp: clientIp, srcPort, dstIp: service.address, dstPort: service.port })
    const event = seen({ at: synAt, network }, kind, `SYN from port ${srcPort}, ${label}`, filter)
    return [{ ...event, ...given('node', nodeOfCable(cluster, clientCable)?.name) }]
  }
  return [
    ...of(firstLost, 'first request lost', firstLost === undefined ? '' : whyLost(firstLost)),
    ...of(firstServed, 'first request served', 'served'),
  ]
}

function whyLost({ handshake: { resetBy, answeredAt } }: RequestOnWire): string {
  if (resetBy === 'server') return answeredAt === undefined ? 'refused' : 'broken off'
  return answeredAt === undefined ? 'never answered' : 'answered, but nothing came'
}

/** By a director's own cables: it forwarded the SYN, or itself answers (NAT). */
function passed(cluster: Cluster, { forwarded, answerCable }: Handshake, to: Node): boolean {
  const mine = forwarded.some(({ cable }) => nodeOfCable(cluster, cable) === to)
  return mine || (answerCable !== undefined && nodeOfCable(cluster, answerCable) === to)
}

function networkOf({ topology }: Cluster, cable: CableId): string {
  const [node, nic] = cable.split(':')
  return topology.nodes.find(({ name }) => name === node)?.interfaces.find(({ name }) => name === nic)?.network ?? ''
}
