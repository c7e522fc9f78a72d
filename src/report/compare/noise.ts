import { median } from 'simple-statistics'
import type { RunRecord } from '../../run/record.ts'
import { figureSamples } from './figure-samples.ts'
import { differenceInterval } from './interval.ts'

/** What two runs of the same differ by, by a figure's key. */
export interface NoiseFloor {
  /** No difference of medians up to this is named. */
  readonly floor: number
  /** From the least to the largest value of both. */
  readonly range: number
}

/**
 * How far apart the medians of two runs of the same may lie, by figure: the far end of the 95 % interval of their
 * difference where they were repeated, else their difference. It has what repetitions within one run cannot show: that
 * a host is another one an hour later.
 */
export function noiseFloors([one, two]: readonly [RunRecord, RunRecord]): ReadonlyMap<string, NoiseFloor> {
  const others = figureSamples(two)
  const floors = new Map<string, NoiseFloor>()
  for (const [key, { values }] of figureSamples(one)) {
    const other = others.get(key)?.values ?? []
    if (values.length === 0 || other.length === 0) continue
    const interval = differenceInterval(values, other)
    const apart = Math.abs(median([...other]) - median([...values]))
    const floor = interval === undefined ? apart : Math.max(Math.abs(interval.from), Math.abs(interval.to), apart)
    const all = [...values, ...other]
    floors.set(key, { floor, range: Math.max(...all) - Math.min(...all) })
  }
  return floors
}
