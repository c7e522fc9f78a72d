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
 * How long a run is still going to take, ms: what waits for lanes is shared by them, what runs alone comes after it. A
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
  const sum = (all: readonly number[]): number => all.reduce((total, ms) => total + ms, 0)
  const shared = [
    ...waiting.filter(({ timed }) => !timed).map(({ id }) => expected(id)),
    ...running.filter(({ timed }) => !timed).map(left),
  ]
  const alone = [
    ...waiting.filter(({ timed }) => timed).map(({ id }) => expected(id)),
    ...running.filter(({ timed }) => timed).map(left),
  ]
  // The last claim of a lane ends no earlier than the longest that is left.
  const sideBySide = shared.length === 0 ? 0 : Math.max(sum(shared) / Math.max(1, lanes), ...shared)
  return sideBySide + sum(alone)
}
