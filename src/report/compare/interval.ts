import { median, quantileSorted, sampleWithReplacement } from 'simple-statistics'

/** Resamples: two thousand fix the ends of a 95 % interval to a few hundredths of its width. */
const RESAMPLES = 2_000

/** Fewer values say nothing of their spread. */
const FEWEST = 3

export interface Interval {
  readonly from: number
  readonly to: number
}

/** A source of numbers in 0…1 that is the same every time: the same two runs must give the same report. */
export function seeded(seed = 1): () => number {
  let state = seed >>> 0
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** 95 % bootstrap interval (percentile method) of the median; absent for fewer than three values. */
export function medianInterval(values: readonly number[], random = seeded()): Interval | undefined {
  if (values.length < FEWEST) return undefined
  return ends(Array.from({ length: RESAMPLES }, () => resampledMedian(values, random)))
}

/** The same of how much larger the median of `b` is than that of `a`. */
export function differenceInterval(
  a: readonly number[],
  b: readonly number[],
  random = seeded(),
): Interval | undefined {
  if (a.length < FEWEST || b.length < FEWEST) return undefined
  return ends(Array.from({ length: RESAMPLES }, () => resampledMedian(b, random) - resampledMedian(a, random)))
}

function resampledMedian(values: readonly number[], random: () => number): number {
  return median(sampleWithReplacement([...values], values.length, random))
}

function ends(medians: readonly number[]): Interval {
  const sorted = medians.toSorted((x, y) => x - y)
  return { from: quantileSorted(sorted, 0.025), to: quantileSorted(sorted, 0.975) }
}
