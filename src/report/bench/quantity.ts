import type { BenchFigure } from '../../run/bench/record.ts'

/** "1,234", "12.3", "0.46": three digits, or all of a whole number's. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  const decimals = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2
  return value
    .toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .replace('-', '−')
}

/** Times of a second and more in seconds. */
export function unitOf(figures: readonly Pick<BenchFigure, 'unit' | 'median'>[]): { unit: string; factor: number } {
  const unit = figures[0]?.unit ?? ''
  const most = Math.max(0, ...figures.map(({ median }) => Math.abs(median)))
  return unit === 'ms' && most >= 2000 ? { unit: 's', factor: 1 / 1000 } : { unit, factor: 1 }
}

/** "1/s" → "per second"; what stands behind a figure's name. */
export function unitWords(unit: string): string {
  return unit === '1/s' ? 'per second' : unit === 'count' ? '' : unit
}

/** "12.3 ms". */
export function valueText(value: number, unit: string): string {
  const suffix = unit === 'count' ? '' : ` ${unit === '1/s' ? '/s' : unit}`
  return `${numberText(value)}${suffix}`
}

/** "812 (790–830)". */
export function cellText({ median, interval }: Pick<BenchFigure, 'median' | 'interval'>, factor = 1): string {
  const text = numberText(median * factor)
  if (interval === undefined) return text
  return `${text} (${numberText(interval.from * factor)}–${numberText(interval.to * factor)})`
}

/** "4.1 %", "32 %". */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}
