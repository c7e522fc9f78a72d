import { messageOf } from '../errors.ts'
import { calibrate } from '../verdict/calibration/index.ts'
import type { CalibrationRecord } from './record.ts'

/** Enough to see an instrument that is off, in about two seconds; `bench calibration` does it at length. */
const QUICK_BLACKOUTS_MS = [100, 500]

/** What a run says of its instrument. Never throws: a fabric that does not come up is the claims' own error. */
export async function quickCalibration(onProgress: (line: string) => void): Promise<CalibrationRecord> {
  try {
    return await calibrate({ blackoutsMs: QUICK_BLACKOUTS_MS, onProgress })
  } catch (error) {
    return { verdict: 'inconclusive', reason: messageOf(error), figures: [], repeated: 0, durationMs: 0 }
  }
}
