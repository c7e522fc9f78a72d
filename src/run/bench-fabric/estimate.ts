import { median, quantileSorted, sampleWithReplacement } from 'simple-statistics'
import { RandomStream } from '../../fabric/random-stream.ts'

/** A median with the interval that it lies in with 95 % confidence. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
}

const RESAMPLES = 1000

/** The percentile bootstrap of the median (Efron 1979): how it would vary if the rounds had been others. Reproducible. */
export function estimate(values: readonly number[]): Estimate {
  const random = new RandomStream('bench fabric')
  const all = [...values]
  const medians = Array.from({ length: RESAMPLES }, () => {
    return median(sampleWithReplacement(all, all.length, () => random.uniform()))
  }).sort((a, b) => a - b)
  return { median: median(all), low: quantileSorted(medians, 0.025), high: quantileSorted(medians, 0.975) }
}

/** What `of` is more than `than`, round by round: both were measured one after the other. */
export function difference(of: readonly number[], than: readonly number[]): Estimate {
  return estimate(of.map((value, round) => value - than[round]!))
}

export function ratio(of: readonly number[], to: readonly number[]): Estimate {
  return estimate(of.map((value, round) => value / to[round]!))
}
