import type { ClusterTime } from '../../clock.ts'

/** As `lvslab.run/1` has it. */
export interface TimelineDraft {
  title: string
  events: EventDraft[]
  requests: { atMs: number; durationMs: number; outcome: 'ok' | 'error'; server?: string }[]
  blackout?: BlackoutDraft
  epochMs?: number
}

export interface EventDraft {
  atMs: number
  kind: string
  label: string
  node?: string
  network?: string
  port?: string
  filter?: string
}

export interface BlackoutDraft {
  lost: number
  servedBetween?: number
  fromMs?: ClusterTime
  toMs?: ClusterTime
  durationMs?: number
  atLeastMs: number
  atMostMs?: number
  resolutionMs: number
  client?: { lost: number; fromMs?: ClusterTime; toMs?: ClusterTime }
}

/** A property only where it has a value: what `exactOptionalPropertyTypes` asks for. */
export function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}
