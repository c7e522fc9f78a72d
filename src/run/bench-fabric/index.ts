import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExitCode } from '../../errors.ts'
import { measure, type Budget } from './measure.ts'
import { resultOf } from './result.ts'
import { tableOf } from './table.ts'

export interface BenchFabricOptions {
  /** Fewer and shorter bursts: under 15 s instead of under a minute, with wider intervals. */
  readonly quick?: boolean
  readonly out?: string | undefined
  readonly json?: boolean
}

const FULL: Budget = { totalMs: 50_000, burst: { flowFrames: 3000, pingFrames: 200 } }
const QUICK: Budget = { totalMs: 11_000, burst: { flowFrames: 1500, pingFrames: 100 } }

/**
 * What the fabric costs: how many frames it moves, and how much later they come, against nothing in between and against a
 * bridge of the kernel with taps, measured in turns in one run by the same end points. The bridge is in a network
 * namespace of its own; where the host allows none, it is left out, with the reason.
 *
 * @returns the exit code: 0, or 3 where frames were lost
 * @throws InfrastructureError LVSLAB_E_BENCH if a fabric or its ends cannot be made
 */
export async function benchFabric(options: BenchFabricOptions = {}): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const started = performance.now()
  const measurement = await measure(options.quick === true ? QUICK : FULL, say)
  const result = await resultOf(measurement, performance.now() - started)
  if (options.out !== undefined) {
    await mkdir(options.out, { recursive: true })
    await writeFile(join(options.out, 'bench-fabric.json'), JSON.stringify(result, null, 2) + '\n')
  }
  if (options.json === true) process.stdout.write(JSON.stringify(result) + '\n')
  else process.stdout.write(tableOf(result) + '\n')
  return result.lost === 0 ? ExitCode.pass : ExitCode.infrastructure
}
