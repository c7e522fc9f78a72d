import { median } from 'simple-statistics'
import type { Comparison, FigureChange, Sample, Undecided } from './comparison.ts'
import { figureDirection } from './direction.ts'
import type { FigureSamples } from './figure-samples.ts'
import { differenceInterval, medianInterval, type Interval } from './interval.ts'
import type { NoiseFloor } from './noise.ts'
import { rankTest, type RankTest } from './rank-test.ts'

export interface FigureTest {
  readonly key: string
  readonly a: FigureSamples
  readonly b: FigureSamples
  readonly test: RankTest
}

/** A test for each figure that both runs have. */
export function figureTests(
  a: ReadonlyMap<string, FigureSamples>,
  b: ReadonlyMap<string, FigureSamples>,
): FigureTest[] {
  return [...a].flatMap(([key, one]) => {
    const other = b.get(key)
    if (!other || one.values.length === 0 || other.values.length === 0) return []
    return [{ key, a: one, b: other, test: rankTest(one.values, other.values) }]
  })
}

/** Which figures changed, which cannot be told, and how many differences the noise record explains. */
export function compareFigures(
  tests: readonly FigureTest[],
  level: number,
  noise: ReadonlyMap<string, NoiseFloor> | undefined,
): Pick<Comparison['figures'], 'changed' | 'undecided' | 'belowNoise'> {
  const changed: FigureChange[] = []
  const undecided: Undecided[] = []
  let belowNoise = 0
  for (const { key, a, b, test } of tests) {
    const difference = median([...b.values]) - median([...a.values])
    const { claim: id, name, unit } = a
    const floor = noise?.get(key)
    if (test.p <= level) {
      const interval = differenceInterval(a.values, b.values)
      if (floor !== undefined && least(difference, interval) <= floor.floor) {
        belowNoise += 1
        continue
      }
      const sides = { a: sample(a.values), b: sample(b.values), difference, p: test.p }
      const direction = figureDirection(a, difference)
      changed.push({ id, name, unit, ...sides, ...(interval && { differenceInterval: interval }), direction })
    } else if (test.leastP > level && difference !== 0) {
      const beyondNoise = floor !== undefined && Math.abs(difference) > floor.range + floor.floor
      const sides = { a: sample(a.values), b: sample(b.values) }
      undecided.push({ id, name, unit, ...sides, ...(beyondNoise && { beyondNoise }) })
    }
  }
  return { changed, undecided, belowNoise }
}

/** How far the medians are apart at the least: to the near end of the interval. */
function least(difference: number, interval: Interval | undefined): number {
  if (interval === undefined) return Math.abs(difference)
  return Math.max(0, interval.from, -interval.to)
}

function sample(values: readonly number[]): Sample {
  const interval = medianInterval(values)
  return { count: values.length, median: median([...values]), ...(interval && { interval }) }
}
