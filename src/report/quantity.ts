import type { Figure } from '../run/record.ts'

type Bounds = { readonly min?: number; readonly max?: number }

interface Scale {
  readonly factor: number
  readonly suffix: string
  readonly decimals: number
}

/** Narrow no-break space: a figure and its unit, and groups of thousands, stay together. */
const THIN = '\u202f'

function scaleOf(unit: string, magnitude: number, whole: boolean): Scale {
  if (unit === 'ms' || unit === 's') {
    const toMs = unit === 's' ? 1000 : 1
    const ms = magnitude * toMs
    if (ms < 1000) return { factor: toMs, suffix: 'ms', decimals: ms < 10 ? 1 : 0 }
    return { factor: toMs / 1000, suffix: 's', decimals: ms < 60_000 ? 2 : 1 }
  }
  if (unit === 'share') return { factor: 100, suffix: '%', decimals: 1 }
  return { factor: 1, suffix: unit === 'count' ? '' : unit, decimals: whole ? 0 : 2 }
}

function fixed(value: number, decimals: number): string {
  const [whole = '', fraction] = value.toFixed(decimals).split('.')
  const grouped = whole.length > 4 + (value < 0 ? 1 : 0) ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`
  return text.replace('-', '−')
}

/* 3.7104 s against a bound of 3.7099 s must not read "3.71 s, at most 3.71 s: failed". */
function decimalsThatTell(scale: Scale, value: number, bounds: Bounds): number {
  const known = [bounds.min, bounds.max].filter((bound) => bound !== undefined)
  const rounded = (number: number, decimals: number) => Number((number * scale.factor).toFixed(decimals))
  for (let decimals = scale.decimals; decimals < 6; decimals++) {
    const told = known.every(
      (bound) => Math.sign(value - bound) === Math.sign(rounded(value, decimals) - rounded(bound, decimals)),
    )
    if (told) return decimals
  }
  return scale.decimals
}

/** A figure as people read it: one unit and one number of decimals for the value and both ends of its window. */
export interface FigureText {
  /** "3.42 s" */
  readonly value: string
  readonly min?: string
  readonly max?: string
  /** "2.61–3.71 s", "at most 3.71 s"; absent without a window. */
  readonly window?: string
}

export function figureText(figure: Pick<Figure, 'value' | 'unit' | 'window'>): FigureText {
  const { value, unit, window = {} } = figure
  const { min, max } = finiteBounds(window)
  const all = [value, min, max].filter((number) => number !== undefined && Number.isFinite(number)) as number[]
  const magnitude = Math.max(0, ...all.map(Math.abs))
  const scale = scaleOf(unit, magnitude, all.every(Number.isInteger))
  const decimals = decimalsThatTell(scale, value, {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  })
  const number = (n: number) =>
    Number.isFinite(n) ? (n === 0 ? '0' : fixed(n * scale.factor, decimals)) : 'not measured'
  const suffix = scale.suffix === '' ? '' : `${THIN}${scale.suffix}`
  const withUnit = (n: number) => (Number.isFinite(n) ? number(n) + suffix : 'not measured')
  return {
    value: withUnit(value),
    ...(min !== undefined && { min: withUnit(min) }),
    ...(max !== undefined && { max: withUnit(max) }),
    ...windowText(min, max, number, withUnit),
  }
}

function windowText(
  min: number | undefined,
  max: number | undefined,
  number: (n: number) => string,
  withUnit: (n: number) => string,
): { readonly window?: string } {
  if (min !== undefined && max !== undefined) {
    return { window: min === max ? withUnit(min) : `${number(min)}–${withUnit(max)}` }
  }
  if (max !== undefined) return { window: `at most ${withUnit(max)}` }
  return min === undefined ? {} : { window: `at least ${withUnit(min)}` }
}

/** A window's ends without those that are not numbers: an infinite bound is none. */
export function finiteBounds(window: Bounds): { min: number | undefined; max: number | undefined } {
  const finite = (bound: number | undefined) => (bound !== undefined && Number.isFinite(bound) ? bound : undefined)
  return { min: finite(window.min), max: finite(window.max) }
}

/**
 * Where a figure lies against its window: what the record says (`within`), which may know better than the bare numbers;
 * computed when it does not say. `undefined` without a window.
 */
export function standing(figure: Figure): 'inside' | 'below' | 'above' | 'outside' | undefined {
  if (figure.window === undefined) return undefined
  const { min, max } = finiteBounds(figure.window)
  const side =
    min !== undefined && figure.value < min ? 'below' : max !== undefined && figure.value > max ? 'above' : 'in'
  if (figure.within === true) return 'inside'
  if (side !== 'in') return side
  return figure.within === false || !Number.isFinite(figure.value) ? 'outside' : 'inside'
}

/**
 * A figure's window as a phrase that says whether it was met: "in 2.61–3.71 s", "at most 1.10 s", "exactly 2"; or
 * "not in 2.61–3.71 s", "not at most 1.10 s". Absent without a window.
 */
export function windowPhrase(figure: Figure): string | undefined {
  const where = standing(figure)
  if (where === undefined) return undefined
  const { window } = figureText(figure)
  const { min, max } = finiteBounds(figure.window ?? {})
  const phrase =
    window === undefined
      ? 'in its window'
      : min === undefined || max === undefined
        ? window
        : `${min === max ? 'exactly' : 'in'} ${window}`
  return where === 'inside' ? phrase : `not ${phrase}`
}

/** How far out of its window a figure lies: "0.62 s over", "12 ms under"; absent when inside. */
export function excess(figure: Figure): string | undefined {
  const where = standing(figure)
  const { min, max } = finiteBounds(figure.window ?? {})
  if (where === 'above' && max !== undefined)
    return `${figureText({ ...bare(figure), value: figure.value - max }).value} over`
  if (where === 'below' && min !== undefined)
    return `${figureText({ ...bare(figure), value: min - figure.value }).value} under`
  return where === 'outside' ? 'outside' : undefined
}

function bare(figure: Figure): { unit: string } {
  return { unit: figure.unit }
}

/** A stretch of time for people: "412 ms", "3.4 s", "2 min 05 s", "1 h 12 min". */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown'
  if (ms < 0) return `−${duration(-ms)}`
  if (ms < 999.5) return `${ms < 10 && ms % 1 !== 0 ? ms.toFixed(1) : Math.round(ms)}${THIN}ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}${THIN}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${THIN}min ${String(seconds % 60).padStart(2, '0')}${THIN}s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)}${THIN}h ${String(minutes % 60).padStart(2, '0')}${THIN}min`
}

/** A moment relative to another, to the millisecond: "+3 412 ms", "−588 ms", "0 ms". */
export function offset(ms: number): string {
  const rounded = Math.round(ms)
  const digits = String(Math.abs(rounded)).replace(/\B(?=(\d{3})+$)/g, THIN)
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${digits}${THIN}ms`
}

/** A file's size for people: "412 B", "3.4 kB", "12 MB". */
export function size(bytes: number): string {
  const [unit, factor] = bytes < 1000 ? ['B', 1] : bytes < 999_500 ? ['kB', 1e3] : ['MB', 1e6]
  const amount = bytes / factor
  return `${factor > 1 && amount < 9.95 ? amount.toFixed(1) : Math.round(amount)}${THIN}${unit}`
}
