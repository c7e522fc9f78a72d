import type { ClusterTime } from '../../clock.ts'
import type { BlackoutDraft } from './draft.ts'

type Account = Pick<BlackoutDraft, 'lost' | 'fromMs' | 'toMs'>

/** How far wire and client are apart about a blackout. */
export interface WitnessGap {
  /** The larger of the differences at the two ends, ms; 0 when both saw none, a blackout's length when one saw none. */
  readonly gapMs: number
  readonly detail: string
}

/**
 * Compares the two witnesses of a blackout; they must agree within one interval of the load,
 * {@link BlackoutDraft.resolutionMs}.
 * @param until - when they were no longer asked: a blackout without an end lasted until then at least
 */
export function witnessGap({ client, ...wire }: BlackoutDraft, until: ClusterTime): WitnessGap {
  if (client === undefined) throw new TypeError('the client was not asked for its account')
  return { gapMs: gapBetween(wire, client, until), detail: `wire: ${inWords(wire)}; client: ${inWords(client)}` }
}

function gapBetween(one: Account, other: Account, until: ClusterTime): number {
  const end = ({ toMs }: Account): number => toMs ?? until
  if (one.fromMs === undefined && other.fromMs === undefined) return 0
  if (one.fromMs === undefined) return end(other) - other.fromMs!
  if (other.fromMs === undefined) return end(one) - one.fromMs
  return Math.max(Math.abs(one.fromMs - other.fromMs), Math.abs(end(one) - end(other)))
}

function inWords({ lost, fromMs, toMs }: Account): string {
  if (fromMs === undefined) return 'no request lost'
  const end = toMs === undefined ? 'and none served again' : `to ${toMs.toFixed(1)} ms`
  return `${lost} lost from ${fromMs.toFixed(1)} ms ${end}`
}
