import type { Timeline } from '../../run/record.ts'

/** Answers of one server, or requests that failed, in each bin. */
export interface Series {
  readonly name: string
  readonly ok: boolean
  readonly perBin: readonly number[]
}

/** A stretch under a fault, relative, ms. */
export interface Fault {
  readonly from: number
  readonly to: number
  readonly label: string
}

/** A client's requests over time, ready to draw. Times are relative to the first fault, or the first request; ms. */
export interface TrafficModel {
  readonly origin: string
  readonly from: number
  readonly to: number
  readonly binMs: number
  readonly series: readonly Series[]
  /** Most requests in one bin. */
  readonly most: number
  readonly faults: readonly Fault[]
  /** Of those answered: when begun, and how long it took. */
  readonly latencies: readonly { readonly at: number; readonly ms: number }[]
}

/** Widths of bins that a reader can count with, ms. */
const BINS_MS = [50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
const MOST_BINS = 60

/** Fewer requests are better told one by one, as the timeline does. */
const FEWEST = 8

/** Events after which what was broken works again. */
const MENDED = /^(heal|healed|mended|cable back|power back|restart|started|service back|restored|fault over)/i

/** `undefined` where too few requests were recorded to draw. */
export function trafficOf({ events, requests = [] }: Timeline): TrafficModel | undefined {
  const sound = requests
    .filter(({ atMs, durationMs }) => Number.isFinite(atMs) && Number.isFinite(durationMs))
    .toSorted((a, b) => a.atMs - b.atMs)
  const [first, last] = [sound[0], sound.at(-1)]
  if (sound.length < FEWEST || !first || !last || last.atMs === first.atMs) return undefined
  const struck = events.filter(({ kind, atMs }) => kind === 'fault' && Number.isFinite(atMs)).toSorted(byTime)
  const originMs = struck[0]?.atMs ?? first.atMs
  const span = last.atMs - first.atMs
  const binMs = BINS_MS.find((ms) => span / ms <= MOST_BINS) ?? Math.ceil(span / MOST_BINS)
  // Bins begin and end at the origin, so that none mixes before and after the fault.
  const from = Math.floor((first.atMs - originMs) / binMs) * binMs
  const bins = Math.floor((last.atMs - originMs - from) / binMs) + 1
  const to = from + bins * binMs
  const series = seriesOf(sound, (atMs) => Math.floor((atMs - originMs - from) / binMs), bins)
  const totals = Array.from({ length: bins }, (_, bin) =>
    series.reduce((sum, { perBin }) => sum + (perBin[bin] ?? 0), 0),
  )
  const mended = events.filter(({ kind }) => MENDED.test(kind)).map(({ atMs }) => atMs - originMs)
  return {
    origin: struck.length > 0 ? 'the fault' : 'the first request',
    ...{ from, to, binMs, series, most: Math.max(...totals) },
    faults: struck.map(({ atMs, label }) => {
      const at = atMs - originMs
      return { from: at, to: mended.find((ms) => ms > at) ?? to, label }
    }),
    latencies: sound
      .filter(({ outcome }) => outcome === 'ok')
      .map(({ atMs, durationMs }) => ({ at: atMs - originMs, ms: Math.max(0, durationMs) })),
  }
}

function byTime(a: { readonly atMs: number }, b: { readonly atMs: number }): number {
  return a.atMs - b.atMs
}

function seriesOf(
  requests: NonNullable<Timeline['requests']>,
  binOf: (atMs: number) => number,
  bins: number,
): Series[] {
  const servers = new Map<string, number[]>()
  const failed = new Array<number>(bins).fill(0)
  for (const { atMs, outcome, server = 'answered' } of requests) {
    const own = servers.get(server) ?? new Array<number>(bins).fill(0)
    if (outcome === 'ok') servers.set(server, own)
    const row = outcome === 'ok' ? own : failed
    row[binOf(atMs)] = (row[binOf(atMs)] ?? 0) + 1
  }
  const answered = [...servers].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  return [
    ...answered.map(([name, perBin]) => ({ name, ok: true, perBin })),
    ...(failed.some((count) => count > 0) ? [{ name: 'failed', ok: false, perBin: failed }] : []),
  ]
}
