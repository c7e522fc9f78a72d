import type { Blackout, Timeline, TimelineEvent } from '../../run/record.ts'
import { originOf } from '../timeline-rows.ts'

/** Events of one kind from one node so close together that a picture can only show one mark. */
export interface Mark {
  readonly kind: string
  readonly label: string
  readonly count: number
  /** ms relative to the origin. */
  readonly at: number
  readonly shape: Shape
}

export type Shape = 'cross' | 'ring' | 'disc' | 'diamond' | 'triangle' | 'square'

/** From the first failed request's begin to the next answer (relative, ms); `ended` is false when there was none. */
export interface Outage {
  readonly from: number
  readonly to: number
  readonly failed: number
  readonly ended: boolean
}

export interface Lane {
  readonly name: string
  readonly marks: readonly Mark[]
}

/** A timeline with its times made relative to the fault and its events sorted into lanes, ready to draw. */
export interface TimelineModel {
  /** What 0 ms is: "the fault", "the first event". */
  readonly origin: string
  /** ms on the cluster's clock. */
  readonly originMs: number
  /** Relative, ms: what the picture shows. */
  readonly from: number
  readonly to: number
  readonly lanes: readonly Lane[]
  /** Begin of each request, relative, by who answered; `undefined` answered none. */
  readonly answers: readonly { readonly server: string; readonly ok: boolean; readonly at: readonly number[] }[]
  /** The longest stretches in which every request failed, in order of time; see {@link Outage}. */
  readonly outages: readonly Outage[]
  /** Requests left of or right of the picture. */
  readonly outside: number
}

const SHAPES: readonly (readonly [RegExp, Shape])[] = [
  [/fault|power|pulled|kill/i, 'cross'],
  [/last advert|resign|last heartbeat|lost/i, 'ring'],
  [/arp|told/i, 'diamond'],
  [/advert|heartbeat/i, 'disc'],
  [/answer|served/i, 'triangle'],
]

/** `undefined` for a timeline in which nothing happened. */
export function modelOf(timeline: Timeline): TimelineModel | undefined {
  const events = timeline.events.filter((event) => Number.isFinite(event.atMs)).toSorted((a, b) => a.atMs - b.atMs)
  const requests = (timeline.requests ?? [])
    .filter((request) => Number.isFinite(request.atMs))
    .toSorted((a, b) => a.atMs - b.atMs)
  const origin = originOf({ events, requests })
  if (origin === undefined) return undefined
  const originMs = origin.atMs
  const times = (events.length > 0 ? events : requests).map((event) => event.atMs - originMs)
  const { from, to } = extent(
    times,
    requests.map((request) => request.atMs - originMs),
  )
  const seen = requests.filter(({ atMs }) => atMs - originMs >= from && atMs - originMs <= to)
  return {
    origin: origin.name,
    originMs,
    from,
    to,
    lanes: lanesOf(events, originMs, (to - from) / 120),
    answers: answersOf(seen, originMs),
    outages: timeline.blackout ? outageOf(timeline.blackout, originMs, to) : outagesOf(requests, originMs),
    outside: requests.length - seen.length,
  }
}

/* Requests widen the picture, but a minute of quiet before a three-second failover would leave it unreadable. */
function extent(events: readonly number[], requests: readonly number[]): { from: number; to: number } {
  const first = Math.min(...events)
  const last = Math.max(...events)
  const span = Math.max(last - first, 500)
  const earliest = requests[0] ?? first
  const latest = requests.at(-1) ?? last
  return {
    from: Math.min(first - span * 0.06, Math.max(earliest, first - span * 0.5)),
    to: Math.max(last + span * 0.06, Math.min(latest, last + span * 0.5)),
  }
}

function lanesOf(events: readonly TimelineEvent[], originMs: number, together: number): Lane[] {
  const lanes = new Map<string, Mark[]>()
  for (const event of events) {
    const name = event.node ?? (event.network === undefined ? 'cluster' : `network ${event.network}`)
    const marks = lanes.get(name) ?? []
    lanes.set(name, marks)
    const before = marks.at(-1)
    const at = event.atMs - originMs
    if (before?.kind === event.kind && at - before.at <= together) {
      marks[marks.length - 1] = { ...before, count: before.count + 1 }
    } else {
      const shape = SHAPES.find(([pattern]) => pattern.test(event.kind))?.[1] ?? 'square'
      marks.push({ kind: event.kind, label: event.label, count: 1, at, shape })
    }
  }
  return [...lanes].map(([name, marks]) => ({ name, marks }))
}

/** As the wire has it, where the record says. */
function outageOf({ fromMs, toMs, lost }: Blackout, originMs: number, end: number): Outage[] {
  if (fromMs === undefined) return []
  return [
    {
      from: fromMs - originMs,
      to: toMs === undefined ? end : toMs - originMs,
      failed: lost,
      ended: toMs !== undefined,
    },
  ]
}

type Requests = NonNullable<Timeline['requests']>

function answersOf(requests: Requests, originMs: number): TimelineModel['answers'] {
  const ok = new Map<string, number[]>()
  const failed: number[] = []
  for (const request of requests) {
    const at = request.atMs - originMs
    if (request.outcome === 'error') {
      failed.push(at)
      continue
    }
    const server = request.server ?? 'answered'
    ok.set(server, [...(ok.get(server) ?? []), at])
  }
  const answered = [...ok].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  return [
    ...answered.map(([server, at]) => ({ server, ok: true, at })),
    ...(failed.length > 0 ? [{ server: 'failed', ok: false, at: failed }] : []),
  ]
}

/* A dead server among live ones fails every other request: that is no outage. Three in a row are. */
const IN_A_ROW = 3
const SHOWN = 4

function outagesOf(requests: Requests, originMs: number): Outage[] {
  const all: Outage[] = []
  let open: Outage | undefined
  for (const request of requests) {
    const at = request.atMs - originMs
    if (request.outcome === 'error') {
      open = { from: open?.from ?? at, to: at + request.durationMs, failed: (open?.failed ?? 0) + 1, ended: false }
    } else if (open) {
      all.push({ ...open, to: at + request.durationMs, ended: true })
      open = undefined
    }
  }
  if (open) all.push(open)
  return all
    .filter(({ failed }) => failed >= IN_A_ROW)
    .toSorted((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, SHOWN)
    .toSorted((a, b) => a.from - b.from)
}
