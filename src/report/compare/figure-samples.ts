import type { ClaimRecord, Figure, RunRecord } from '../../run/record.ts'

/** What a run measured under one name: as many values as the claim was repeated. */
export interface FigureSamples {
  readonly claim: string
  /** With "(2)" for the second of one name in a claim. */
  readonly name: string
  readonly unit: string
  readonly values: readonly number[]
  readonly figures: readonly Figure[]
  /** How many lay outside their windows and were decided: an inconclusive claim's misses are not. */
  readonly outside: number
  /** How many had a window. */
  readonly bounded: number
}

/** A run's figures by claim, name and unit, in the order in which they come. */
export function figureSamples(run: RunRecord): ReadonlyMap<string, FigureSamples> {
  const all = new Map<string, { claim: string; name: string; unit: string; taken: [Figure, ClaimRecord][] }>()
  for (const claim of run.claims) {
    const seen = new Map<string, number>()
    for (const figure of claim.figures) {
      const times = (seen.get(figure.name) ?? 0) + 1
      seen.set(figure.name, times)
      const name = times === 1 ? figure.name : `${figure.name} (${times})`
      const key = JSON.stringify([claim.id, name, figure.unit])
      const entry = all.get(key) ?? { claim: claim.id, name, unit: figure.unit, taken: [] }
      entry.taken.push([figure, claim])
      all.set(key, entry)
    }
  }
  return new Map([...all].map(([key, { taken, ...entry }]) => [key, { ...entry, ...samplesOf(taken) }]))
}

function samplesOf(
  taken: readonly (readonly [Figure, ClaimRecord])[],
): Pick<FigureSamples, 'values' | 'figures' | 'outside' | 'bounded'> {
  const figures = taken.map(([figure]) => figure).filter(({ value }) => Number.isFinite(value))
  const decided = taken.filter(
    ([{ within }, { verdict }]) => within === true || (within === false && verdict === 'fail'),
  )
  return {
    figures,
    values: figures.map(({ value }) => value),
    outside: decided.filter(([{ within }]) => within === false).length,
    bounded: decided.length,
  }
}
