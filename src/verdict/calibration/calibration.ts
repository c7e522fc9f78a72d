import { median } from 'simple-statistics'
import type { Judgement } from '../judgement.ts'
import { RHYTHM_MS } from './two-machines.ts'

/** Within so much the wire must report a programmed blackout, ms: its client's rhythm at either end. */
export const WIRE_TOLERANCE_MS = 2 * RHYTHM_MS

/** What one way of looking made of one programmed blackout. */
export interface Reading {
  /** "wire", "client", "server". */
  readonly by: string
  readonly programmedMs: number
  readonly valueMs: number
  readonly toleranceMs: number
  readonly judgement: Judgement
}

/** As the run record has it. */
export interface CalibrationFigure {
  readonly name: string
  readonly value: number
  readonly unit: 'ms'
  readonly window: { readonly min: number; readonly max: number; readonly formula: string; readonly source: string }
  readonly within: boolean
  readonly note?: string
}

/** Whether the instrument measures what it says; as the run record has it. */
export interface Calibration {
  readonly verdict: 'pass' | 'fail' | 'inconclusive'
  /** Why it is not a pass. */
  readonly reason?: string
  /** The reading that was furthest from the programmed blackout, for each way of looking and length. */
  readonly figures: readonly CalibrationFigure[]
  /** How often a cut was repeated because the host was too late to decide. */
  readonly repeated: number
  readonly durationMs: number
}

const NAMES: Readonly<Record<string, { readonly name: string; readonly source: string }>> = {
  wire: { name: 'at the wire', source: `handshakes begun every ${RHYTHM_MS} ms, the fabric's stamps` },
  client: { name: 'by the client', source: "one request interval; the client's own clock and book" },
  server: { name: 'by the server', source: 'between two SYNs received; the server’s own clock' },
}

/** @param readings - of the last attempt at each cut */
export function calibrationOf(readings: readonly Reading[], repeated: number, durationMs: number): Calibration {
  const groups = new Map<string, Reading[]>()
  for (const reading of readings) {
    const key = `${reading.programmedMs} ${reading.by}`
    groups.set(key, [...(groups.get(key) ?? []), reading])
  }
  const off = readings.filter(({ judgement }) => judgement !== 'inside')
  const wrong = off.filter(({ judgement }) => judgement === 'outside')
  const verdict = wrong.length > 0 ? 'fail' : off.length > 0 || readings.length === 0 ? 'inconclusive' : 'pass'
  const reasons = (wrong.length > 0 ? wrong : off).map(
    ({ by, programmedMs, valueMs }) =>
      `${programmedMs} ms programmed, ${valueMs.toFixed(2)} ms ${NAMES[by]?.name ?? by}`,
  )
  const why = wrong.length > 0 ? 'off by more than the host was late' : 'the host was late by more than the miss'
  return {
    verdict,
    ...(verdict === 'pass' ? {} : { reason: `${reasons.join('; ')}: ${why}` }),
    figures: [...groups.values()].map(figureOf),
    repeated,
    durationMs,
  }
}

function figureOf(readings: readonly Reading[]): CalibrationFigure {
  const miss = ({ valueMs, programmedMs }: Reading): number => Math.abs(valueMs - programmedMs)
  const worst = readings.reduce((a, b) => (miss(b) > miss(a) ? b : a))
  const { by, programmedMs, toleranceMs } = worst
  const { name, source } = NAMES[by] ?? { name: by, source: '' }
  const middle = median(readings.map(({ valueMs }) => valueMs)).toFixed(2)
  const undecided = readings.some(({ judgement }) => judgement === 'undecided')
  const note = [
    ...(readings.length === 1 ? [] : [`the worst of ${readings.length}, whose median is ${middle} ms`]),
    ...(undecided ? ['not decided: the host was late by more than the miss'] : []),
  ]
  return {
    name: `blackout of ${programmedMs} ms ${name}`,
    value: Math.round(worst.valueMs * 1000) / 1000,
    unit: 'ms',
    window: {
      min: programmedMs - toleranceMs,
      max: programmedMs + toleranceMs,
      formula: `${programmedMs} ms as programmed ± ${toleranceMs} ms`,
      source,
    },
    within: readings.every(({ judgement }) => judgement === 'inside'),
    ...(note.length === 0 ? {} : { note: note.join('; ') }),
  }
}
