import type { CalibrationRecord } from '../run/record.ts'
import { VERDICT_MARK } from './summary.ts'

const AT_THE_WIRE = /at the wire$/

/** In one line: "✓ the wire's times are calibrated: 100 ms were read as 100.31 ms, 500 ms as 499.64 ms (±2 ms)". */
export function calibrationSummary({ verdict, reason, figures }: CalibrationRecord): string {
  const mark = VERDICT_MARK[verdict]
  if (verdict === 'fail')
    return `${mark} the wire's times are off, and nothing that was timed can be believed: ${reason}`
  if (verdict === 'inconclusive') return `${mark} the wire's times could not be calibrated: ${reason}`
  const readings = figures.filter(({ name }) => AT_THE_WIRE.test(name)).map(readingOf)
  return `${mark} the wire's times are calibrated: ${readings.join(', ')}`
}

function readingOf({ value, window }: CalibrationRecord['figures'][number]): string {
  const { min = NaN, max = NaN } = window ?? {}
  const programmedMs = (min + max) / 2
  return `${programmedMs} ms of blackout read as ${value.toFixed(2)} ms (±${max - programmedMs} ms allowed)`
}
