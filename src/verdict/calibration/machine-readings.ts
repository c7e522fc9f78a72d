import type { ClusterTime } from '../../clock.ts'
import { blackout } from '../../load/history.ts'
import { AROUND_MS, REQUEST_EVERY, type ClientBook, type ServerBook } from './two-machines.ts'

/** As a claim's client has it, from each twentieth of the requests, on its own clock: 0 if it lost none, ms. */
export function clientReading({ sent, answered }: ClientBook): number {
  const all = [...sent].map((at, number) => {
    const ok = !Number.isNaN(answered[number])
    return { at: at as ClusterTime, ok, durationMs: ok ? answered[number]! - at : 0 }
  })
  const requests = all.filter((_, number) => number % REQUEST_EVERY === 0)
  return blackout(requests, 0 as ClusterTime)?.durationMs ?? 0
}

/** How long a blackout was by a client's book, ms. */
export interface BookedBlackout {
  readonly shortestMs: number
  readonly longestMs: number
}

/**
 * The blackout of the client's SYNs, all of them, on its own clock: from the first that was not answered to the first that
 * was after the last of those. What the wire shows of the same, but for the stamps. As exact as the book, which has of each
 * SYN when it was handed over at the soonest and at the latest. 0 if none was lost.
 */
export function bookedBlackout({ sent, taken, accepted }: Omit<ClientBook, 'lateMs' | 'answered'>): BookedBlackout {
  const first = accepted.findIndex((at) => Number.isNaN(at))
  const next = accepted.findLastIndex((at) => Number.isNaN(at)) + 1
  if (first < 0 || next >= sent.length) return { shortestMs: 0, longestMs: 0 }
  return { shortestMs: sent[next]! - taken[first]!, longestMs: taken[next]! - sent[first]! }
}

/**
 * By how much the client's rhythm was late at most, of what it sent, or should have sent, around a moment, ms. That the
 * host stopped the whole machine, or the thread its own work (its garbage collection), no wait for a processor shows.
 *
 * @param momentMs - on the same clock
 */
export function lateAround({ sent, lateMs }: Pick<ClientBook, 'sent' | 'lateMs'>, momentMs: number): number {
  const around = lateMs.filter((late, number) => {
    const [dueMs, sentMs] = [sent[number]! - late, sent[number]!]
    return dueMs <= momentMs + AROUND_MS && sentMs >= momentMs - AROUND_MS
  })
  return Math.max(0, ...around)
}

/**
 * Between the last SYN that came to the server before a moment in the blackout and the first one after, on its own clock,
 * ms; 0 where there is none on either side. Elsewhere a server or a client that stood still leaves gaps, too.
 *
 * @param amidMs - on the same clock
 */
export function serverReading(received: ServerBook, amidMs: number): number {
  const before = received.filter((at) => at <= amidMs)
  const after = received.filter((at) => at > amidMs)
  return before.length === 0 || after.length === 0 ? 0 : Math.min(...after) - Math.max(...before)
}
