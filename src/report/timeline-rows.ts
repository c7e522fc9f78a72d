import type { Blackout, Timeline, TimelineEvent } from '../run/record.ts'
import { duration, figureText } from './quantity.ts'
import { plural } from './text.ts'

/** Events of one kind, from one place, that follow each other closely: one row of a table. */
export interface TimelineRow {
  /** ms from the origin, of the first of them. */
  readonly at: number
  readonly kind: string
  readonly count: number
  /** From the first to the last of them, ms. */
  readonly spanMs: number
  /** Nodes, or ports of a network. */
  readonly who: readonly string[]
  readonly labels: readonly string[]
}

/** What a timeline's 0 ms is. */
export interface Origin {
  /** "the fault", "the first event". */
  readonly name: string
  /** ms on the cluster's clock. */
  readonly atMs: number
}

/** Kinds of events that a timeline is told from, the first that it has. */
const ORIGINS = new Map([
  ['fault', 'the fault'],
  ['cable back', 'the cable’s return'],
  ['start', 'the start'],
  ['first heartbeat', 'the first heartbeat'],
])

/** `undefined` for a timeline in which nothing happened. */
export function originOf({ events, requests = [] }: Pick<Timeline, 'events' | 'requests'>): Origin | undefined {
  const inTime = (some: readonly { readonly atMs: number }[]): number[] =>
    some.map(({ atMs }) => atMs).filter((atMs) => Number.isFinite(atMs))
  for (const [kind, name] of ORIGINS) {
    const found = events.find((event) => event.kind === kind && Number.isFinite(event.atMs))
    if (found) return { name, atMs: found.atMs }
  }
  const [own, others] = [inTime(events), inTime(requests)]
  if (own.length > 0) return { name: 'the first event', atMs: Math.min(...own) }
  return others.length > 0 ? { name: 'the first request', atMs: Math.min(...others) } : undefined
}

/** heartbeat repeats its announcements every 200 ms (IPaddr, ARP_INTERVAL_MS), keepalived without a pause. */
const BURST_GAP_MS = 500

/** A timeline's events as rows in order of time, bursts in one row each. */
export function timelineRows({ events }: Timeline, { atMs: originMs }: Origin): TimelineRow[] {
  const bursts: { key: string; events: TimelineEvent[] }[] = []
  const inOrder = events.filter(({ atMs }) => Number.isFinite(atMs)).toSorted((a, b) => a.atMs - b.atMs)
  for (const event of inOrder) {
    const key = [event.kind, ...(event.port === undefined ? [event.node, event.label] : [event.network])].join('\n')
    const open = bursts.findLast((burst) => burst.key === key)
    if (open && event.atMs - open.events.at(-1)!.atMs <= BURST_GAP_MS) open.events.push(event)
    else bursts.push({ key, events: [event] })
  }
  return bursts.map(({ events: own }) => ({
    ...{ at: own[0]!.atMs - originMs, kind: own[0]!.kind, count: own.length },
    spanMs: own.at(-1)!.atMs - own[0]!.atMs,
    who: [...new Set(own.flatMap(({ port, node }) => port ?? node ?? []))],
    labels: [...new Set(own.map(({ label }) => label))],
  }))
}

/** "×5 in 1.4 ms" of a burst, "×3 at once" of what came with one frame; empty of a single event. */
export function burstText({ count, spanMs }: TimelineRow): string {
  if (count === 1) return ''
  return spanMs < 0.05 ? `×${count} at once` : `×${count} in ${duration(spanMs)}`
}

/** A blackout in a sentence or two, with its resolution and what its client says. */
export function blackoutText(blackout: Blackout): string {
  const { lost, servedBetween = 0, durationMs, atLeastMs, atMostMs, resolutionMs, fromMs } = blackout
  if (fromMs === undefined) {
    const unseen = atMostMs === undefined ? '' : `; an outage shorter than ${duration(atMostMs)} would not be seen`
    return `Blackout on the wire: none, no request was lost${unseen}.${clientText(blackout)}`
  }
  const requests = `${plural(lost, 'request')} lost${servedBetween > 0 ? `, ${servedBetween} served in between` : ''}`
  const resolution = `resolution ${duration(resolutionMs)}`
  if (durationMs === undefined) {
    return `Blackout on the wire: at least ${duration(atLeastMs)}, and no request was served again (${requests}).${clientText(blackout)}`
  }
  const bounds = figureText({
    ...{ value: durationMs, unit: 'ms' },
    window: { min: atLeastMs, ...(atMostMs !== undefined && { max: atMostMs }), formula: '', source: '' },
  })
  const proven = bounds.window === undefined ? '' : `; the service itself was gone for ${bounds.window}`
  return `Blackout on the wire: ${bounds.value} (${requests}, ${resolution})${proven}.${clientText(blackout)}`
}

function clientText({ client }: Blackout): string {
  if (client === undefined) return ''
  if (client.fromMs === undefined) return ' By the client’s own account none.'
  const length =
    client.toMs === undefined ? 'no end' : figureText({ value: client.toMs - client.fromMs, unit: 'ms' }).value
  return ` By the client’s own account: ${length}, ${plural(client.lost, 'request')} lost.`
}
