import { after, type ClusterTime } from '../../clock.ts'
import type { Cluster, Node } from '../../cluster/index.ts'
import type { Takeover } from '../../fabric/index.ts'
import { blackout, type Request } from '../../load/index.ts'
import { blackoutEvents, firstAnswers } from './client-events.ts'
import { given, type BlackoutDraft, type EventDraft, type TimelineDraft } from './draft.ts'
import { advertEvents, announcementEvents, lastStatusEvents, learningEvents, nodeOfCable } from './handover-events.ts'
import { requestsOnWire, type LoadOnWire } from './requests-on-wire.ts'
import { wireBlackout } from './wire-blackout.ts'

/** How long before the fault and after the last event a timeline shows requests, ms. */
const MARGIN_MS = 1_500

/** A client's load, stopped, with what the client says of it. */
export interface EndedLoad {
  readonly requests: readonly Request[]
  readonly intervalMs: number
  readonly maxTimeMs: number
  /** From when on `requests` are all that it made. */
  readonly began: ClusterTime
  /** When it was told to stop. */
  readonly until: ClusterTime
}

export interface FailoverOptions {
  readonly title: string
  /** What began it; without one, `since` says from when on to look. */
  readonly fault?: {
    readonly at: ClusterTime
    readonly uncertaintyMs?: number
    /** Default "fault"; of what mends, "cable back" or "start". */
    readonly kind?: string
    readonly label: string
    readonly node?: string
  }
  readonly since?: ClusterTime
  /** The end of what is looked at. Default: now. */
  readonly until?: ClusterTime
  /** Who had the virtual IPs before. Default: who sent VRRP's last advert. */
  readonly from?: Node
  /** Who takes them. Default: who sent VRRP's first advert. */
  readonly to?: Node
  /** Where VRRP moves them. */
  readonly takeover?: Takeover
  /** A node under heartbeat that falls silent: its last status packet is shown. */
  readonly silent?: Node
  /** What the wire does not show: a node's journal does. */
  readonly marks?: readonly (Omit<EventDraft, 'atMs'> & { readonly at: ClusterTime })[]
  readonly load?: EndedLoad
}

/**
 * A failover in the order of its events: fault, the old owner's last sign, the successor's first, each of its gratuitous
 * ARPs, how the network learnt of it, the first SYN and the first request answered by way of it, and the client's blackout
 * from the wire with the client's own account beside it. What did not happen is not there.
 */
export function failoverTimeline(cluster: Cluster, options: FailoverOptions): TimelineDraft {
  const { fault, takeover, load, title } = options
  const since = options.since ?? (fault ? after(fault.at, -(fault.uncertaintyMs ?? 0)) : undefined)
  if (since === undefined) throw new TypeError('a timeline needs a fault or a moment to begin at')
  const until = options.until ?? cluster.clock.now()
  const to = options.to ?? (takeover?.firstAdvert && nodeOfCable(cluster, takeover.firstAdvert.cable))
  const from = options.from ?? (takeover?.lastAdvert && nodeOfCable(cluster, takeover.lastAdvert.cable))
  const handover = { since, until, ...given('from', from), ...given('to', to) }
  const { events: ofClient, blackout: hole } = load ? clientsPart(cluster, load, since, to) : { events: [] }
  const events = [
    ...(fault ? [faultEvent(fault)] : []),
    ...(takeover ? advertEvents(cluster, takeover) : []),
    ...(options.silent ? lastStatusEvents(cluster, options.silent, fault?.at ?? until) : []),
    ...announcementEvents(cluster, handover),
    ...learningEvents(cluster, handover),
    ...(options.marks ?? []).map(({ at, ...rest }) => ({ atMs: at, ...rest })),
    ...ofClient,
  ].sort((a, b) => a.atMs - b.atMs)
  return {
    ...{ title, events, requests: requestsAround(events, load?.requests ?? []) },
    ...given('blackout', hole),
    epochMs: cluster.clock.epochMs,
  }
}

function faultEvent({
  at,
  uncertaintyMs = 0,
  kind = 'fault',
  label,
  node,
}: NonNullable<FailoverOptions['fault']>): EventDraft {
  const span = uncertaintyMs >= 1 ? `, in the ${uncertaintyMs.toFixed(0)} ms before` : ''
  return { atMs: at, kind, label: `${label}${span}`, ...given('node', node) }
}

function clientsPart(
  cluster: Cluster,
  { requests, intervalMs, maxTimeMs, began, until }: EndedLoad,
  since: ClusterTime,
  to: Node | undefined,
): { events: EventDraft[]; blackout: BlackoutDraft } {
  const { service, client } = cluster
  const load: LoadOnWire = { clientIp: client.address, service, intervalMs, maxTimeMs, began, until }
  const onWire = requestsOnWire(cluster.wire, load)
  const { firstLost, firstServed, ...hole } = wireBlackout(onWire, since, load)
  // As on the wire: what came to nothing after the end does not count, and a time-out ends when the patience does, however
  // late the client noticed.
  const own = blackout(
    requests.filter(({ ok, at, durationMs }) => ok || at + Math.min(durationMs, maxTimeMs) <= until),
    since,
  )
  const ends = { ...given('firstLost', firstLost), ...given('firstServed', firstServed) }
  const later = onWire.filter(({ handshake }) => (handshake.answeredAt ?? handshake.synAt) >= since)
  return {
    events: [
      ...blackoutEvents(cluster, { ...hole, ...ends }, load),
      ...(to ? firstAnswers(cluster, later, to, load) : []),
    ],
    blackout: {
      ...hole,
      client: { lost: own?.lost ?? 0, ...given('fromMs', own?.firstLost), ...given('toMs', own?.firstServed) },
    },
  }
}

function requestsAround(events: readonly EventDraft[], requests: readonly Request[]): TimelineDraft['requests'] {
  const times = events.map(({ atMs }) => atMs)
  const from = Math.min(...times) - MARGIN_MS
  const to = Math.max(...times) + MARGIN_MS
  return requests
    .filter(({ at }) => at >= from && at <= to)
    .map(({ at, durationMs, ok, server }) => ({
      ...{ atMs: at, durationMs, outcome: ok ? ('ok' as const) : ('error' as const) },
      ...given('server', server),
    }))
}
