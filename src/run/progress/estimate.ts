import { median } from 'simple-statistics'

/** A claim that is still to be run, or to be run again. */
export interface PlannedClaim {
  readonly id: string
  /** Runs with nothing beside it; the others share lanes. */
  readonly timed: boolean
}

export interface RunningClaim {
  readonly id: string
  readonly elapsedMs: number
}

/**
 * How long a run is still going to take, ms: what waits for a lane goes to the one that is free first, what runs alone comes after it. A
 * claim that nobody has timed yet is taken to last as long as the median of those known; with none known there is no
 * estimate. One that is over its time counts as nothing: it may end any moment.
 */
export function remainingMs(
  waiting: readonly PlannedClaim[],
  running: readonly (RunningClaim & PlannedClaim)[],
  known: ReadonlyMap<string, number>,
  lanes: number,
): number | undefined {
  if (known.size === 0) return undefined
  const usual = median([...known.values()])
  const expected = (id: string): number => known.get(id) ?? usual
  const left = ({ id, elapsedMs }: RunningClaim): number => Math.max(0, expected(id) - elapsedMs)
  const free = Array.from({ length: Math.max(1, lanes) }, (_, lane) => {
    const claim = running.filter(({ timed }) => !timed)[lane]
    return claim ? left(claim) : 0
  })
  for (const { id } of waiting.filter(({ timed }) => !timed)) {
    const first = free.indexOf(Math.min(...free))
    free[first] = (free[first] ?? 0) + expected(id)
  }
  const alone = [
    ...waiting.filter(({ timed }) => timed).map(({ id }) => expected(id)),
    ...running.filter(({ timed }) => timed).map(left),
  ]
  return Math.max(...free) + alone.reduce((sum, ms) => sum + ms, 0)
}
