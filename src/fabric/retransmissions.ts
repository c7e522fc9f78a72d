import type { TcpEvent, WireEvent } from './types.ts'

/**
 * TCP segments without those that their sender repeated (RFC 9293 section 3.8.1). Linux sends again what was not acknowledged
 * for 200 ms (TCP_RTO_MIN), which is soon where the acknowledging machine is emulated. A segment that is seen at several
 * hops stays at each of them.
 */
export function firstSent(events: readonly WireEvent[]): TcpEvent[] {
  const seen = new Set<string>()
  return events.filter((event): event is TcpEvent => {
    if (event.type !== 'tcp') return false
    const key = keyOf(event)
    const isFirst = !seen.has(key)
    seen.add(key)
    return isFirst
  })
}

/** Whatever a repeated segment bears besides (a FIN that has come up meanwhile), it begins with the same octet. */
function keyOf({ cable, srcIp, srcPort, dstIp, dstPort, seq, syn, rst }: TcpEvent): string {
  return [cable, srcIp, srcPort, dstIp, dstPort, seq, syn, rst].join(' ')
}
