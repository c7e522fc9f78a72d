import type { BenchFigure, BenchRecord, SectionId } from '../../run/bench/record.ts'
import { cellText, numberText, unitOf, unitWords } from './quantity.ts'

/** Figures of a section side by side: a row for each thing measured, a column for each figure. */
export interface BenchTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Which figures stand together, and in which tables. */
const GROUPS: Readonly<Record<SectionId, readonly (readonly [title: string, names: readonly RegExp[]])[]>> = {
  forwarding: rates(),
  servers: [['Requests on fresh connections', [/^fresh request/]]],
  schedulers: rates(),
  scale: [['Cost by size', [/^table load/, /^new connections/, /^director CPU/, /^blackout/]]],
  connections: [
    ['Growth of the table', [/^entries/, /^memory of/]],
    ['Memory per connection', [/^memory per/]],
  ],
  failover: [],
  health: [],
}

function rates(): (readonly [string, readonly RegExp[]])[] {
  return [
    ['Rates and throughput', [/^new connections/, /^requests with/, /^large download/]],
    ['Latency', [/^latency/]],
    ['Director CPU', [/^director CPU/]],
  ]
}

/** All tables of a section. */
export function tablesOf(record: BenchRecord, section: SectionId): BenchTable[] {
  const figures = figuresOf(record, section)
  if (section === 'failover' || section === 'health') return distributions(figures)
  return GROUPS[section].flatMap(([title, names]) => {
    const own = names.flatMap((name) => figures.filter((figure) => name.test(figure.name)))
    return own.length === 0 ? [] : [pivot(title, own)]
  })
}

export function figuresOf(record: BenchRecord, section: SectionId): BenchFigure[] {
  return record.figures.filter((figure) => figure.section === section)
}

export function variantsOf(figures: readonly BenchFigure[]): string[] {
  return [...new Set(figures.map(({ variant }) => variant))]
}

function pivot(title: string, figures: readonly BenchFigure[]): BenchTable {
  const names = [...new Set(figures.map(({ name }) => name))]
  const scales = new Map(names.map((name) => [name, unitOf(figures.filter((figure) => figure.name === name))]))
  const heading = (name: string): string => {
    const words = unitWords(scales.get(name)!.unit)
    return words === '' ? name : `${name}, ${words}`
  }
  return {
    title,
    head: ['', ...names.map(heading)],
    rows: variantsOf(figures).map((variant) => [
      variant,
      ...names.map((name) => {
        const figure = figures.find((one) => one.variant === variant && one.name === name)
        return figure === undefined ? '–' : cellText(figure, scales.get(name)!.factor)
      }),
    ]),
  }
}

/** Where the spread is what one wants to know. */
function distributions(figures: readonly BenchFigure[]): BenchTable[] {
  return [...new Set(figures.map(({ name }) => name))].map((name) => {
    const own = figures.filter((figure) => figure.name === name)
    const { unit, factor } = unitOf(own)
    const words = unitWords(unit)
    return {
      title: `${name.charAt(0).toUpperCase()}${name.slice(1)}${words === '' ? '' : `, ${words}`}`,
      head: ['', 'least', 'median', 'most', 'times'],
      rows: own.map((figure) => [
        figure.variant,
        numberText(Math.min(...figure.samples) * factor),
        cellText(figure, factor),
        numberText(Math.max(...figure.samples) * factor),
        String(figure.samples.length),
      ]),
    }
  })
}
