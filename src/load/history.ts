import type { ClusterTime } from '../clock.ts'
import type { Request } from './curl.ts'

/** How many requests each server answered, and how many nobody did. */
export function countByServer(requests: readonly Request[]): { served: Map<string, number>; failed: number } {
  const served = new Map<string, number>()
  for (const { ok, server } of requests) {
    if (ok && server !== undefined) served.set(server, (served.get(server) ?? 0) + 1)
  }
  return { served, failed: requests.filter(({ ok }) => !ok).length }
}

export interface Blackout {
  readonly firstLost: ClusterTime
  /** When the first request after it was begun that was answered; absent if none was. */
  readonly firstServed: ClusterTime | undefined
  readonly lost: number
  /** From the first lost request's beginning to the first served one's, ms. */
  readonly durationMs: number | undefined
}

/**
 * The stretch of lost requests since a moment, as the client saw it; undefined if it lost none. One that was under way at
 * that moment and came to nothing is the first.
 */
export function blackout(
  requests: readonly Pick<Request, 'at' | 'ok' | 'durationMs'>[],
  since: ClusterTime,
): Blackout | undefined {
  const later = requests.filter(({ at, ok, durationMs }) => at >= since || (!ok && at + durationMs > since))
  const first = later.find(({ ok }) => !ok)
  if (!first) return undefined
  const lastLost = later.findLast(({ ok }) => !ok)!
  const firstServed = later.find(({ ok, at }) => ok && at > lastLost.at)?.at
  return {
    firstLost: first.at,
    firstServed,
    lost: later.filter(({ ok }) => !ok).length,
    durationMs: firstServed === undefined ? undefined : firstServed - first.at,
  }
}
