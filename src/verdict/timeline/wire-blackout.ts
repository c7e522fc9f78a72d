import type { ClusterTime } from '../../clock.ts'
import type { BlackoutDraft } from './draft.ts'
import { given } from './draft.ts'
import type { LoadOnWire, RequestOnWire } from './requests-on-wire.ts'

/** A blackout with the requests at its ends. */
export interface WireBlackout extends BlackoutDraft {
  firstLost?: RequestOnWire
  firstServed?: RequestOnWire
}

/**
 * A client's blackout since a moment, from its requests on the wire. A request that was under way at that moment and came
 * to nothing belongs to it. From the first lost request's begin to that of the first one served after the last lost one;
 * the service itself may have been gone longer, by up to a request's interval at either end, or shorter: `atLeastMs` and
 * `atMostMs` are what the client's single packets prove.
 */
export function wireBlackout(all: readonly RequestOnWire[], since: ClusterTime, load: LoadOnWire): WireBlackout {
  const requests = all.filter(({ outcome }) => outcome !== 'open')
  const lost = requests.filter(({ outcome, lostAt }) => outcome === 'lost' && lostAt! > since)
  const [first] = lost
  if (first === undefined) return noneLost(requests, since, load)
  const begin = ({ handshake }: RequestOnWire): ClusterTime => handshake.synAt
  const last = lost.at(-1)!
  const served = requests.filter(({ outcome }) => outcome === 'served')
  const firstServed = served.find((request) => begin(request) > begin(last))
  const before = served.findLast((request) => begin(request) < begin(first))
  const between = served.filter((request) => begin(request) > begin(first) && begin(request) < begin(last)).length
  const lastVainAt = Math.max(...lost.map(({ lastSentAt, lostAt }) => Math.min(lastSentAt, lostAt!)))
  return {
    lost: lost.length,
    ...(between === 0 ? {} : { servedBetween: between }),
    fromMs: begin(first),
    ...given('toMs', firstServed && begin(firstServed)),
    ...given('durationMs', firstServed && begin(firstServed) - begin(first)),
    atLeastMs: Math.max(0, lastVainAt - first.firstVainAt),
    ...given('atMostMs', firstServed && before && begunWithSuccess(firstServed) - before.lastSentAt),
    resolutionMs: Math.max(load.intervalMs, stepTo(requests, first), firstServed ? stepTo(requests, firstServed) : 0),
    firstLost: first,
    ...given('firstServed', firstServed),
  }
}

/** The service may still have been gone between two packets that were of use. */
function noneLost(requests: readonly RequestOnWire[], since: ClusterTime, { intervalMs }: LoadOnWire): WireBlackout {
  const useful = requests.map(({ lastSentAt }) => lastSentAt).sort((a, b) => a - b)
  const from = Math.max(
    0,
    useful.findLastIndex((at) => at <= since),
  )
  const steps = useful.slice(from + 1).map((at, index) => at - useful[from + index]!)
  const longest = steps.length === 0 ? undefined : Math.max(...steps)
  return { lost: 0, atLeastMs: 0, ...given('atMostMs', longest), resolutionMs: Math.max(intervalMs, longest ?? 0) }
}

/** The SYN that was answered: a repeated one, where the first was not. */
function begunWithSuccess({ handshake: { synAt, lastSynAt, answeredAt } }: RequestOnWire): ClusterTime {
  return answeredAt !== undefined && lastSynAt <= answeredAt ? lastSynAt : synAt
}

/** From the request begun before this one to it, ms. */
function stepTo(requests: readonly RequestOnWire[], request: RequestOnWire): number {
  const before = requests[requests.indexOf(request) - 1]
  return before === undefined ? 0 : request.handshake.synAt - before.handshake.synAt
}
