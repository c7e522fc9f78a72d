import type { ClusterTime } from '../clock.ts'
import type { Cluster } from '../cluster/index.ts'
import type { Takeover } from '../fabric/index.ts'
import type { Request } from '../load/index.ts'

/** As `lvslab.run/1` has it. */
export interface TimelineDraft {
  title: string
  events: { atMs: number; kind: string; label: string; node?: string }[]
  requests: { atMs: number; durationMs: number; outcome: 'ok' | 'error'; server?: string }[]
}

/** How long before the fault and after the last event a timeline shows requests, ms. */
const MARGIN_MS = 1_500

/**
 * A failover in the order of its events on the wire: fault, the old owner's last advert, the successor's first, its
 * gratuitous ARP, the switch learning the VIP's new place, the first request answered after the fault's outage.
 */
export function failoverTimeline(
  cluster: Cluster,
  options: {
    readonly title: string
    readonly fault?: { readonly at: ClusterTime; readonly label: string; readonly node?: string }
    readonly takeover: Takeover
    readonly requests: readonly Request[]
  },
): TimelineDraft {
  const { fault, takeover, requests } = options
  const events: TimelineDraft['events'] = []
  const add = (at: ClusterTime | undefined, kind: string, label: string, node: string | undefined): void => {
    if (at !== undefined) events.push({ atMs: at, kind, label, ...(node === undefined ? {} : { node }) })
  }
  const nodeOf = (ip: string | undefined): string | undefined => cluster.nodes.find((node) => node.address === ip)?.name
  if (fault) add(fault.at, 'fault', fault.label, fault.node)
  add(
    takeover.lastAdvert?.at,
    takeover.resigned ? 'resign' : 'last advert',
    takeover.resigned ? 'advert of priority 0' : 'last advert of the old master',
    nodeOf(takeover.lastAdvert?.srcIp),
  )
  const successor = nodeOf(takeover.firstAdvert?.srcIp)
  add(takeover.firstAdvert?.at, 'first advert', 'first advert of the new master', successor)
  const garp = takeover.gratuitousArps.find(({ targetIp }) => targetIp === cluster.vip.address)
  add(garp?.at, 'gratuitous ARP', `gratuitous ARP for ${cluster.vip.address}`, successor)

  const since = takeover.firstAdvert?.at ?? fault?.at
  const service = cluster.service
  const answered = cluster.wire
    .handshakes({ dstIp: service.address, dstPort: service.port, clientIp: cluster.client.address })
    .find(({ answeredAt, synAt }) => since !== undefined && answeredAt !== undefined && synAt >= since)
  add(answered?.answeredAt, 'first answer', 'first SYN answered', cluster.nodeByMac(answered?.answerMac)?.name)
  events.sort((a, b) => a.atMs - b.atMs)

  const times = events.map(({ atMs }) => atMs)
  const from = Math.min(...times) - MARGIN_MS
  const to = Math.max(...times) + MARGIN_MS
  return {
    title: options.title,
    events,
    requests: requests
      .filter(({ at }) => at >= from && at <= to)
      .map(({ at, durationMs, ok, server }) => ({
        atMs: at,
        durationMs,
        outcome: ok ? 'ok' : 'error',
        ...(server === undefined ? {} : { server }),
      })),
  }
}
