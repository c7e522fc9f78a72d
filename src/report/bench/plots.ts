import { quantile } from 'simple-statistics'
import type { BenchFigure } from '../../run/bench/record.ts'
import { axis, INKS, SERIES_INKS, type Chart, type Room } from './chart.ts'
import { numberText, unitOf, unitWords, valueText } from './quantity.ts'

const ROW = 26
const NAMES_WIDTH = 118

/** "new connections, per second". */
function heading(name: string, unit: string): string {
  const words = unitWords(unit)
  return words === '' ? name : `${name}, ${words}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** One figure of several variants: the median as a dot, its interval as a bar. */
export function intervals(figures: readonly BenchFigure[]): Chart {
  const [first] = figures
  const { unit, factor } = unitOf(figures)
  const title = capital(heading(first!.name, unit))
  const points = figures.map(({ variant, median, interval }) => ({
    ...{ variant, median: median * factor },
    ...{ from: (interval?.from ?? median) * factor, to: (interval?.to ?? median) * factor },
  }))
  return {
    title,
    description: `${title}: ${points.map(({ variant, median }) => `${variant} ${numberText(median)}`).join(', ')}`,
    height: () => points.length * ROW + 44,
    option: () => ({
      grid: { left: NAMES_WIDTH, right: 60, top: 8, bottom: 34 },
      xAxis: axis('', { type: 'value', min: 0, splitNumber: 4, axisLabel: { formatter: numberText } }),
      yAxis: names(points.map(({ variant }) => variant)),
      series: [
        bars(points.map(({ from, to }, row) => [from, to, row])),
        {
          ...{ type: 'scatter', symbolSize: 9, itemStyle: { color: INKS.s0 } },
          data: points.map(({ median }, row) => [median, row]),
        },
        {
          // Where the interval ends, so that the number lies on neither dot nor bar.
          ...{ type: 'scatter', symbolSize: 1, silent: true, itemStyle: { color: 'transparent' } },
          data: points.map(({ to }, row) => [to, row]),
          label: {
            ...{ show: true, position: 'right', distance: 8, color: INKS.text, fontSize: 12 },
            formatter: ({ dataIndex }: { dataIndex: number }) => numberText(points[dataIndex]!.median),
          },
        },
      ],
    }),
  }
}

/** Every single measurement, one row for each variant, the median as a stroke. */
export function strips(figures: readonly BenchFigure[]): Chart {
  const { unit, factor } = unitOf(figures)
  const title = capital(heading(figures[0]!.name, unit))
  const told = figures.map(({ variant, samples, median }) => {
    const ends = [Math.min(...samples), median, Math.max(...samples)].map((value) => numberText(value * factor))
    return `${variant} ${ends[0]} to ${ends[2]}, median ${ends[1]}, ${samples.length} times`
  })
  return {
    title,
    description: `${title}: ${told.join('; ')}`,
    height: () => figures.length * 44 + 44,
    option: () => ({
      grid: { left: NAMES_WIDTH, right: 24, top: 8, bottom: 34 },
      xAxis: axis('', { type: 'value', min: 0, splitNumber: 5, axisLabel: { formatter: numberText } }),
      yAxis: names(figures.map(({ variant }) => variant)),
      series: [
        {
          ...{ type: 'scatter', symbolSize: 7, itemStyle: { color: INKS.s0, opacity: 0.55 } },
          data: figures.flatMap(({ samples }, row) => samples.map((value) => [value * factor, row])),
        },
        strokes(figures.map(({ median }, row) => [median * factor, row])),
      ],
    }),
  }
}

/** How a distribution adds up: the share of repetitions that were over by then. */
export function cumulative(figures: readonly BenchFigure[]): Chart {
  const { unit, factor } = unitOf(figures)
  const title = `${capital(figures[0]!.name)}: share of repetitions that lasted no longer`
  const series = figures.map(({ variant, samples }, index) => {
    const sorted = samples.map((value) => value * factor).toSorted((a, b) => a - b)
    const data = [[sorted[0] ?? 0, 0], ...sorted.map((value, rank) => [value, ((rank + 1) / sorted.length) * 100])]
    return line(variant, index, data, { step: 'end', showSymbol: false })
  })
  const told = figures.map(({ variant, samples }) => {
    const all = [...samples]
    return `${variant} half by ${valueText(quantile(all, 0.5) * factor, unit)}, nine tenths by ${valueText(quantile(all, 0.9) * factor, unit)}`
  })
  return {
    title,
    description: `${title}: ${told.join('; ')}`,
    legend: figures.map(({ variant }) => variant),
    height: () => 250,
    option: () => ({
      grid: { left: 52, right: 20, top: 12, bottom: 48 },
      xAxis: axis(`${figures[0]!.name}, ${unitWords(unit)}`, { type: 'value', min: 0, nameGap: 30 }),
      yAxis: axis('', { type: 'value', min: 0, max: 100, axisLabel: { formatter: '{value} %' } }),
      series,
    }),
  }
}

/** Latency by percentile, a line for each variant; each step of the scale is ten times as long. */
export function percentiles(figures: readonly BenchFigure[], variants: readonly string[]): Chart {
  const names = [...new Set(figures.map(({ name }) => name))]
  const title = 'Latency by percentile, ms'
  const of = (variant: string, name: string): number =>
    figures.find((figure) => figure.variant === variant && figure.name === name)?.median ?? NaN
  const told = variants.map((variant) => `${variant} ${names.map((name) => numberText(of(variant, name))).join(', ')}`)
  return {
    title,
    description: `${title} (${names.map((name) => name.replace('latency ', '')).join(', ')}): ${told.join('; ')}`,
    legend: variants,
    height: () => 270,
    option: () => ({
      grid: { left: 52, right: 20, top: 12, bottom: 30 },
      xAxis: axis('', { type: 'category', data: names.map((name) => name.replace('latency ', '')), boundaryGap: true }),
      yAxis: axis('', { type: 'log', axisLabel: { formatter: numberText } }),
      series: variants.map((variant, index) =>
        line(
          variant,
          index,
          names.map((name) => of(variant, name)),
          {},
        ),
      ),
    }),
  }
}

/** How a figure grows with what `at` counts; sizes, each many times the one before, stand evenly beside each other. */
export function growth(figures: readonly BenchFigure[], over: string, scale: 'sizes' | 'value' = 'sizes'): Chart {
  const counts = { formatter: numberText, hideOverlap: true }
  const sorted = figures.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
  const { unit, factor } = unitOf(figures)
  const title = capital(`${heading(figures[0]!.name, unit)}, by ${over}`)
  const points = sorted.map(({ at = 0, median, interval }) => ({
    ...{ at, median: median * factor },
    ...{ from: (interval?.from ?? median) * factor, to: (interval?.to ?? median) * factor },
  }))
  const x = (at: number, index: number): number => (scale === 'sizes' ? index : at)
  return {
    title,
    description: `${title}: ${points.map(({ at, median }) => `${numberText(at)}: ${numberText(median)}`).join(', ')}`,
    height: () => 230,
    option: (room: Room) => ({
      grid: { left: 58, right: 24, top: 24, bottom: 48 },
      xAxis:
        scale === 'sizes'
          ? axis(over, { type: 'category', nameGap: 28, data: points.map(({ at }) => numberText(at)) })
          : axis(over, { type: 'value', nameGap: 28, splitNumber: room.narrow ? 3 : 5, axisLabel: counts }),
      yAxis: axis('', { type: 'value', min: 0, splitNumber: 4, axisLabel: { formatter: numberText } }),
      series: [
        whiskers(points.map(({ at, from, to }, index) => [x(at, index), from, to])),
        {
          ...line(
            '',
            0,
            points.map(({ at, median }, index) => [x(at, index), median]),
            {},
          ),
          label: {
            ...{ show: true, position: 'top', color: INKS.text, fontSize: 11 },
            formatter: ({ dataIndex }: { dataIndex: number }) => numberText(points[dataIndex]!.median),
          },
        },
      ],
    }),
  }
}

function names(all: readonly string[]): Record<string, unknown> {
  return axis('', {
    ...{ type: 'category', data: all, inverse: true, splitLine: { show: false } },
    axisLabel: { color: INKS.text, width: NAMES_WIDTH - 12, overflow: 'break', interval: 0 },
  })
}

function line(name: string, index: number, data: readonly unknown[], more: object): Record<string, unknown> {
  const color = SERIES_INKS[index % SERIES_INKS.length]
  return {
    ...{ type: 'line', name, symbol: 'circle', symbolSize: 7, data },
    lineStyle: { color, width: 2 },
    itemStyle: { color },
    ...more,
  }
}

interface DrawApi {
  value(index: number): number
  coord(point: readonly number[]): [number, number]
}

function custom(
  data: readonly (readonly number[])[],
  encode: { readonly x: readonly number[]; readonly y: readonly number[] },
  shape: (api: DrawApi) => object,
): Record<string, unknown> {
  return { type: 'custom', silent: true, z: 1, data, encode, renderItem: (_: unknown, api: DrawApi) => shape(api) }
}

/** Lying bars from, to, row. */
function bars(data: readonly (readonly number[])[]): Record<string, unknown> {
  return custom(data, { x: [0, 1], y: [2] }, (api) => {
    const [x1, y] = api.coord([api.value(0), api.value(2)])
    const [x2] = api.coord([api.value(1), api.value(2)])
    const width = Math.max(2, x2 - x1)
    return { type: 'rect', shape: { x: x1, y: y - 4, width, height: 8, r: 4 }, style: { fill: INKS.s0, opacity: 0.3 } }
  })
}

/** Standing whiskers at, from, to. */
function whiskers(data: readonly (readonly number[])[]): Record<string, unknown> {
  return custom(data, { x: [0], y: [1, 2] }, (api) => {
    const [x, y1] = api.coord([api.value(0), api.value(1)])
    const [, y2] = api.coord([api.value(0), api.value(2)])
    return {
      type: 'line',
      shape: { x1: x, y1, x2: x, y2 },
      style: { stroke: INKS.s0, lineWidth: 5, opacity: 0.3, lineCap: 'round' },
    }
  })
}

function strokes(data: readonly (readonly number[])[]): Record<string, unknown> {
  return custom(data, { x: [0], y: [1] }, (api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)])
    return { type: 'line', shape: { x1: x, y1: y - 13, x2: x, y2: y + 13 }, style: { stroke: INKS.s1, lineWidth: 3 } }
  })
}
