import { median } from 'simple-statistics'
import { medianInterval } from '../../report/compare/interval.ts'
import type { FigureBook } from './figures.ts'
import { AGAIN, TARGETS } from './targets.ts'
import type { BenchNoise, SectionId } from './record.ts'

/** The sections that measure direct routing twice in each round. */
export type TwiceMeasured = 'forwarding' | 'servers'

/**
 * What the same thing differs from itself by, for each figure of a section that measures it twice.
 *
 * @param firstBoot - how many of each figure's samples came from the first of two boots; 0: there was one boot
 */
export function noiseOf(book: FigureBook, firstBoot: Readonly<Record<TwiceMeasured, number>>): BenchNoise[] {
  return [
    ...(['forwarding', 'servers'] as const).flatMap((section) => noiseIn(book, section, firstBoot[section])),
    ...repeatedNoise(book),
  ]
}

/** Fewer repetitions in a half say little of it. */
const LEAST_HALF = 3

/** Failovers are cluster after cluster by themselves: the first half of the repetitions against the second. */
function repeatedNoise(book: FigureBook): BenchNoise[] {
  return namesIn(book, 'failover').flatMap((name) => {
    const own = book.samples('failover').filter((one) => one.name === name)
    const halves = own.flatMap(({ values }) => {
      const half = Math.floor(values.length / 2)
      return half < LEAST_HALF ? [] : apart(values, half)
    })
    return halves.length === 0 ? [] : [{ name, twoBoots: Math.max(...halves) }]
  })
}

function namesIn(book: FigureBook, section: SectionId): string[] {
  return [...new Set(book.samples(section).map(({ name }) => name))]
}

function noiseIn(book: FigureBook, section: TwiceMeasured, firstBoot: number): BenchNoise[] {
  return namesIn(book, section).flatMap((name) => {
    const one = book.values(section, 'DR', name)
    const again = book.values(section, AGAIN, name)
    if (one.length === 0 || again.length === 0) return []
    const ratios = again.slice(0, one.length).map((value, round) => value / one[round]!)
    const twoBoots =
      firstBoot === 0
        ? []
        : Object.keys(TARGETS).flatMap((variant) => apart(book.values(section, variant, name), firstBoot))
    return [
      { name, sameBoot: furthestFromOne(ratios), ...(twoBoots.length > 0 && { twoBoots: Math.max(...twoBoots) }) },
    ]
  })
}

/** The end of the 95 % interval of the median that is further from 1; of fewer than three values, the furthest value. */
function furthestFromOne(ratios: readonly number[]): number {
  const { from, to } = medianInterval(ratios) ?? { from: Math.min(...ratios), to: Math.max(...ratios) }
  return Math.max(Math.abs(from - 1), Math.abs(to - 1))
}

function apart(values: readonly number[], firstBoot: number): number[] {
  const [first, second] = [values.slice(0, firstBoot), values.slice(firstBoot)]
  if (first.length === 0 || second.length === 0) return []
  const ratio = median(second) / median(first)
  // Of nothing lost in either half, or in the first only, there is no ratio.
  return Number.isFinite(ratio) ? [Math.abs(ratio - 1)] : []
}
