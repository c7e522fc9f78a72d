import type { ClusterTime } from '../clock.ts'
import { LvslabError } from '../errors.ts'
import { describeEvent, describeTime } from './describe-event.ts'
import type { WireEvent } from './types.ts'

const SHOWN = 5

export interface WireTimeout {
  readonly what: string
  readonly since: ClusterTime
  readonly deadline: ClusterTime
  readonly timeoutMs: number
  /** How late the machines were meanwhile. */
  readonly lateMs: number
  /** Events that were seen meanwhile and were not the one, in order. */
  readonly seenEvents: readonly WireEvent[]
}

/** What was waited for did not show on the wire in time. */
export class WireTimeoutError extends LvslabError {
  override readonly name = 'WireTimeoutError'
  readonly what: string
  readonly since: ClusterTime
  readonly deadline: ClusterTime
  readonly timeoutMs: number
  readonly lastEvents: readonly WireEvent[]

  constructor({ what, since, deadline, timeoutMs, lateMs, seenEvents }: WireTimeout) {
    const lastEvents = seenEvents.slice(-SHOWN)
    super('assertion', 'LVSLAB_E_WIRE_TIMEOUT', `Waited ${timeoutMs} ms for ${what}, which was not seen on the wire`, {
      tried: `watch the wire from ${describeTime(since)} to ${describeTime(deadline)}`,
      seen: lastSeen(seenEvents.length, lastEvents),
      ...excuse(lateMs, timeoutMs),
    })
    this.what = what
    this.since = since
    this.deadline = deadline
    this.timeoutMs = timeoutMs
    this.lastEvents = lastEvents
  }
}

/** A deadline that was moved by the machines' lateness, and was missed although that doubled it, decides nothing. */
export function excuse(lateMs: number, timeoutMs: number): { readonly undecided?: string } {
  if (lateMs < timeoutMs) return {}
  return {
    undecided: `the machines were late by ${Math.round(lateMs)} ms, more than the ${timeoutMs} ms waited for it`,
  }
}

function lastSeen(count: number, last: readonly WireEvent[]): string {
  if (count === 0) return 'nothing'
  const head = count > last.length ? `${count} events, the last ${last.length} being` : `${count} events`
  return [`${head}:`, ...last.map(describeEvent)].join('\n')
}
