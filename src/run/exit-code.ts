import { ExitCode } from '../errors.ts'
import type { CalibrationRecord, ClaimRecord } from './record.ts'

/**
 * What a run's claims and its calibration amount to. An instrument that is off turns no failure into something else, but
 * lets nothing pass.
 */
export function exitCodeOf(
  records: readonly ClaimRecord[],
  calibration: Pick<CalibrationRecord, 'verdict'> | undefined,
): number {
  const failed = records.filter(({ verdict }) => verdict === 'fail')
  if (failed.some(({ errorKind }) => errorKind === undefined || errorKind === 'assertion')) return ExitCode.claimFailed
  if (failed.some(({ errorKind }) => errorKind === 'prerequisite')) return ExitCode.prerequisite
  if (failed.length > 0)
    return failed.every(({ errorKind }) => errorKind === 'usage') ? ExitCode.usage : ExitCode.infrastructure
  if (calibration?.verdict === 'fail') return ExitCode.infrastructure
  return records.some(({ verdict }) => verdict === 'inconclusive') ? ExitCode.inconclusive : ExitCode.pass
}
