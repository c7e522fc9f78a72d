import type { ClusterTime } from '../../clock.ts'
import { blackout } from '../../load/history.ts'
import { REQUEST_EVERY, type ClientBook, type ServerBook } from './two-machines.ts'

/** As a claim's client has it, from each twentieth of the requests, on its own clock: 0 if it lost none, ms. */
export function clientReading({ sent, answered }: ClientBook): number {
  const all = [...sent].map((at, number) => {
    const ok = !Number.isNaN(answered[number])
    return { at: at as ClusterTime, ok, durationMs: ok ? answered[number]! - at : 0 }
  })
  const requests = all.filter((_, number) => number % REQUEST_EVERY === 0)
  return blackout(requests, 0 as ClusterTime)?.durationMs ?? 0
}

/** The longest time between two SYNs that came to the server, on its own clock, ms. */
export function serverReading(received: ServerBook): number {
  const times = [...received].sort((a, b) => a - b)
  return Math.max(0, ...times.slice(1).map((at, index) => at - times[index]!))
}
