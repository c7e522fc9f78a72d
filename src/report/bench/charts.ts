import type { BenchFigure, BenchRecord, SectionId } from '../../run/bench/record.ts'
import type { Chart } from './chart.ts'
import { cumulative, growth, intervals, percentiles, strips } from './plots.ts'
import { figuresOf, variantsOf } from './tables.ts'

/** More lines than this in one picture cannot be told apart. */
const MOST_LINES = 6

/** The pictures of a section: one for each figure that was measured, of the kind that shows it. */
export function chartsOf(record: BenchRecord, section: SectionId): Chart[] {
  const figures = figuresOf(record, section)
  const named = new Map<string, BenchFigure[]>()
  for (const figure of figures) named.set(figure.name, [...(named.get(figure.name) ?? []), figure])
  switch (section) {
    case 'forwarding':
    case 'schedulers':
    case 'servers':
      return rates(figures, named)
    case 'scale':
      return [...named.values()].flatMap((all) => bySize(all))
    case 'connections':
      return [...named.values()].filter((all) => all.length > 1).map((all) => growth(all, 'connections made', 'value'))
    case 'failover': {
      const blackouts = named.get('blackout')
      return [...(blackouts ? [cumulative(blackouts)] : []), ...[...named.values()].map(strips)]
    }
    case 'health':
      return [...named.values()].map(strips)
  }
}

function rates(figures: readonly BenchFigure[], named: ReadonlyMap<string, readonly BenchFigure[]>): Chart[] {
  const latencies = figures.filter(({ name }) => name.startsWith('latency'))
  const variants = variantsOf(latencies)
  const lines = variants.length > 0 && variants.length <= MOST_LINES ? [percentiles(latencies, variants)] : []
  const dots = [...named]
    .filter(([name]) => lines.length === 0 || !name.startsWith('latency'))
    .map(([, all]) => intervals(all))
  return [...dots, ...lines]
}

function bySize(all: readonly BenchFigure[]): Chart[] {
  return (['virtual service', 'real server'] as const).flatMap((what) => {
    const own = all.filter(({ variant }) => variant.includes(what))
    return own.length === 0 ? [] : [growth(own, `${what}s`)]
  })
}
