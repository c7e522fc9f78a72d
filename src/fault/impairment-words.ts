import type { DelaySpec } from '../fabric/index.ts'

/** Words with commas between them, to be taken one by one in any order. */
export class Words {
  #left: readonly string[]

  constructor(text: string) {
    this.#left = text === '' ? [] : text.split(',')
  }

  /** Those that nobody took. */
  get left(): readonly string[] {
    return this.#left
  }

  /** Takes the first word that can be read; undefined if none can. */
  take<T>(read: (word: string) => T | undefined): T | undefined {
    for (const [index, word] of this.#left.entries()) {
      const value = read(word)
      if (value === undefined) continue
      this.#left = this.#left.toSpliced(index, 1)
      return value
    }
    return undefined
  }
}

const MS: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1000 }
/** Powers of 1000, as tc(8) has them for rates. */
const BITS: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 }
const BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, kib: 1024, mb: 1e6, mib: 1 << 20 }

/** "20ms" */
export const timeMs = (word: string): number | undefined => quantity(word, MS)

/** "10mbit" */
export const rateBits = (word: string): number | undefined => positive(quantity(word.toLowerCase(), BITS))

/** "64kB", "64KiB", "65536" */
export function sizeBytes(word: string): number | undefined {
  const bytes = positive(quantity(word.toLowerCase(), BYTES))
  return bytes === undefined ? undefined : Math.ceil(bytes)
}

/** "10%" as 0.1; more than nothing, at most all. */
export function percent(word: string): number | undefined {
  const value = positive(quantity(word, { '%': 0.01 }))
  return value === undefined || value > 1 ? undefined : value
}

/** "20ms", "20ms±5ms", and on a keyboard without ±, "20ms+-5ms"; jitter at most the time itself. */
export function span(word: string): DelaySpec | undefined {
  const [time = '', jitter, ...more] = word.split(/±|\+-|\+\/-/)
  const ms = positive(timeMs(time))
  if (ms === undefined || more.length > 0) return undefined
  if (jitter === undefined) return { ms }
  const jitterMs = timeMs(jitter)
  return jitterMs === undefined || jitterMs > ms ? undefined : { ms, jitterMs }
}

/** "gap=5" */
export function count(name: 'gap' | 'seed' | 'processes' | 'ports'): (word: string) => number | undefined {
  return (word) => {
    const [, digits] = new RegExp(`^${name}=(\\d{1,10})$`).exec(word) ?? []
    const value = digits === undefined ? undefined : Number(digits)
    return value === undefined || value > 2 ** 32 - 1 || (name !== 'seed' && value < 1) ? undefined : value
  }
}

export function writePercent(probability: number): string {
  return `${Number((probability * 100).toPrecision(6))}%`
}

export function writeRate(bitsPerSecond: number): string {
  const [unit, factor] = Object.entries(BITS).findLast(([, each]) => bitsPerSecond >= each) ?? ['bit', 1]
  return `${Number((bitsPerSecond / factor).toPrecision(6))}${unit}`
}

function quantity(word: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(\D*)$/.exec(word) ?? []
  const factor = unit === undefined ? undefined : units[unit]
  return factor === undefined ? undefined : Number((Number(digits) * factor).toPrecision(12))
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}
