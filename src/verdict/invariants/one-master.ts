import type { ClusterTime } from '../../clock.ts'
import { describeTime, type VrrpEvent } from '../../fabric/index.ts'
import type { Inspection } from './invariant.ts'
import { judgeMisses } from './misses.ts'

/** Two nodes that both advertise one virtual router. */
interface Overlap {
  readonly vrid: number
  /** Their addresses. */
  readonly senders: readonly string[]
  readonly from: ClusterTime
  /** Until when all of them have advertised: one that fell silent as the other began was no second master. */
  readonly to: ClusterTime
}

/**
 * No two nodes advertise one virtual router at once. A handover may overlap by one advert each way: the lower one learns
 * of the higher one from its advert (RFC 5798 section 6.4.3). A machine that was late to learn of it meanwhile leaves an
 * overlap undecided that is too long by no more than that.
 */
export function oneMasterAtATime(toleratedMs: number): Inspection {
  return {
    name: 'one-master',
    text: `never two masters for longer than ${toleratedMs} ms`,
    look: ({ cluster, since, until }) => {
      const overlaps = overlapsOf(cluster.wire.adverts({}, { since, until }))
      const misses = overlaps.map(({ vrid, senders, from, to }) => ({
        ...{ from, to, missMs: to - from - toleratedMs },
        machines: cluster.nodes.filter((node) => senders.some((ip) => node.hasAddress(ip))).map(({ name }) => name),
        text: `${describeTime(from)}: ${senders.join(' and ')} both advertise vrid ${vrid} for ${(to - from).toFixed(0)} ms`,
      }))
      return judgeMisses(
        cluster,
        misses.filter(({ missMs }) => missMs > 0),
      )
    },
  }
}

/** When each router had more than one sender. One has gone once it has resigned, or missed an advert and a half. */
function overlapsOf(adverts: readonly VrrpEvent[]): Overlap[] {
  const overlaps: Overlap[] = []
  const last = new Map<number, Map<string, ClusterTime>>()
  const open = new Map<number, Overlap>()
  for (const { vrid, priority, srcIp, at, advertIntervalMs } of adverts) {
    const senders = last.get(vrid) ?? new Map<string, ClusterTime>()
    last.set(vrid, senders)
    if (priority === 0) senders.delete(srcIp)
    else senders.set(srcIp, at)
    for (const [ip, seenAt] of senders) if (at - seenAt > advertIntervalMs * 1.5) senders.delete(ip)
    if (senders.size < 2) {
      const ended = open.get(vrid)
      if (ended) overlaps.push(ended)
      open.delete(vrid)
      continue
    }
    const from = open.get(vrid)?.from ?? at
    open.set(vrid, { vrid, senders: [...senders.keys()], from, to: Math.min(...senders.values()) as ClusterTime })
  }
  return [...overlaps, ...open.values()]
}
