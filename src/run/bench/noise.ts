import { median } from 'simple-statistics'
import { medianInterval } from '../../report/compare/interval.ts'
import type { FigureBook } from './figures.ts'
import { AGAIN, TARGETS } from './targets.ts'
import type { BenchNoise } from './record.ts'

/**
 * What the same thing differs from itself by, for each figure of the forwarding section.
 *
 * @param firstBoot - how many of each figure's samples came from the first of two boots; 0: there was one boot
 */
export function noiseOf(book: FigureBook, firstBoot: number): BenchNoise[] {
  const names = new Set(
    book
      .figures()
      .filter(({ section }) => section === 'forwarding')
      .map(({ name }) => name),
  )
  return [...names].flatMap((name) => {
    const one = book.values('forwarding', 'DR', name)
    const again = book.values('forwarding', AGAIN, name)
    if (one.length === 0 || again.length === 0) return []
    const ratios = again.slice(0, one.length).map((value, round) => value / one[round]!)
    const twoBoots =
      firstBoot === 0 ? [] : Object.keys(TARGETS).flatMap((variant) => apart(book, variant, name, firstBoot))
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

function apart(book: FigureBook, variant: string, name: string, firstBoot: number): number[] {
  const values = book.values('forwarding', variant, name)
  const [first, second] = [values.slice(0, firstBoot), values.slice(firstBoot)]
  if (first.length === 0 || second.length === 0) return []
  return [Math.abs(median(second) / median(first) - 1)]
}
