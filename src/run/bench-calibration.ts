import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExitCode } from '../errors.ts'
import { hostFacts } from '../host/host-record.ts'
import { calibrationSummary } from '../report/calibration.ts'
import { calibrate } from '../verdict/calibration/index.ts'

export interface BenchCalibrationOptions {
  /** How often each blackout is programmed. Default 3. */
  readonly repeats?: number
  readonly out?: string | undefined
  readonly json?: boolean
}

const BLACKOUTS_MS = [100, 500, 1000, 3000]

/**
 * Programs blackouts of known length on a fabric without machines, and compares what the harness reports of them.
 * @returns the exit code: 0, 3 where the instrument is off, 6 where the host was too late to tell
 */
export async function benchCalibration(options: BenchCalibrationOptions = {}): Promise<number> {
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`)
  const calibration = await calibrate({ blackoutsMs: BLACKOUTS_MS, repeats: options.repeats ?? 3, onProgress })
  const result = { schema: 'lvslab.bench-calibration/1', host: await hostFacts(), calibration }
  if (options.out !== undefined) {
    await mkdir(options.out, { recursive: true })
    await writeFile(join(options.out, 'bench-calibration.json'), JSON.stringify(result, null, 2) + '\n')
  }
  if (options.json === true) process.stdout.write(JSON.stringify(result) + '\n')
  else process.stdout.write(table(calibration) + '\n')
  if (calibration.verdict === 'pass') return ExitCode.pass
  return calibration.verdict === 'fail' ? ExitCode.infrastructure : ExitCode.inconclusive
}

function table(calibration: Awaited<ReturnType<typeof calibrate>>): string {
  const rows = calibration.figures.map(({ name, value, window, within, note }) => {
    const place = `${window.min}–${window.max} ms`
    return `${within ? '✓' : '✗'} ${name.padEnd(34)}${`${value.toFixed(2)} ms`.padStart(12)}   in ${place.padEnd(14)} ${note ?? ''}`
  })
  return [...rows.map((row) => row.trimEnd()), '', calibrationSummary(calibration)].join('\n')
}
