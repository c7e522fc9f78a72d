import { after, type ClusterTime } from '../clock.ts'
import type { Cluster, Node } from '../cluster/index.ts'
import type { EventMatcher } from '../fabric/index.ts'
import type { Window } from '../verdict/index.ts'

/** What one phase of a sweep was measured at. */
export interface SweepPoint {
  /** ms. */
  readonly value: number
  /** When the measured span began. */
  readonly since: ClusterTime
  /** How much longer the span may have been, ms. */
  readonly uncertaintyMs?: number
}

export interface SweepOptions {
  readonly name: string
  readonly window: Window
  /** How many. */
  readonly phases: number
  /** Whose lateness can have caused a miss. Default: anybody's. */
  readonly of?: readonly Node[]
  /** @param phase - part of the interval, 0 to 1 */
  readonly strike: (phase: number) => Promise<SweepPoint>
}

/**
 * Waits until a part of an interval has passed since its beginning, which an event on the wire marks: an advert, a health
 * check. Answers that moment, on the cluster's clock.
 *
 * @param phase - 0: as the event is seen; 0.5: in the middle between it and the next
 */
export async function atPhase(
  cluster: Cluster,
  { anchor, intervalMs, phase }: { readonly anchor: EventMatcher; readonly intervalMs: number; readonly phase: number },
): Promise<ClusterTime> {
  const { at } = await cluster.wire.waitFor(anchor, { since: cluster.clock.now(), timeoutMs: 2 * intervalMs + 15_000 })
  const moment = after(at, phase * intervalMs)
  const timeoutMs = moment - cluster.clock.now()
  if (timeoutMs > 0) {
    // Nothing is waited for but the time itself.
    await cluster.wire.waitFor({ description: 'nothing', match: () => false }, { timeoutMs }).catch(() => undefined)
  }
  return moment
}
