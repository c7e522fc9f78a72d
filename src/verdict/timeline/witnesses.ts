import type { BlackoutDraft } from './draft.ts'

/** How far wire and client are apart about a blackout, and whether that can be measured at all. */
export interface WitnessGap {
  /** Both saw a blackout with both its ends, or both saw none. */
  readonly comparable: boolean
  /** The larger of the differences at the two ends, ms; 0 when both saw none. */
  readonly gapMs: number
  readonly detail: string
}

/**
 * Compares the two witnesses of a blackout; they must agree within one interval of the load, {@link
 * BlackoutDraft.resolutionMs}. Where only one saw a blackout, or its end, `comparable` is false and the gap infinite.
 */
export function witnessGap({ client, ...wire }: BlackoutDraft): WitnessGap {
  const detail = `wire: ${inWords(wire)}; client: ${client === undefined ? 'not asked' : inWords(client)}`
  const apart = (one: number | undefined, other: number | undefined): number =>
    one === undefined && other === undefined ? 0 : Math.abs((one ?? Infinity) - (other ?? Infinity))
  const gapMs =
    client === undefined ? Infinity : Math.max(apart(wire.fromMs, client.fromMs), apart(wire.toMs, client.toMs))
  return { comparable: Number.isFinite(gapMs), gapMs, detail }
}

function inWords({ lost, fromMs, toMs }: Pick<BlackoutDraft, 'lost' | 'fromMs' | 'toMs'>): string {
  if (fromMs === undefined) return 'no request lost'
  const end = toMs === undefined ? 'and none served again' : `to ${toMs.toFixed(1)} ms`
  return `${lost} lost from ${fromMs.toFixed(1)} ms ${end}`
}
