import { wholeNumber } from '../options.ts'
import type { BenchBootOptions, BenchCalibrationOptions, BenchFabricOptions } from '../../run/index.ts'
import type { AddCommand } from './command-module.ts'

type Options = Omit<BenchBootOptions, 'topology'>

export const addBench: AddCommand = (program, setExitCode) => {
  const bench = program.command('bench').description('measure the harness itself')
  bench
    .command('boot')
    .description('how long a cluster takes to come up: cold, from templates, from a snapshot')
    .argument('[topology]', 'which one', 'dr-vrrp')
    .option('--rounds <count>', 'boot so often each way', wholeNumber(1), 3)
    .option('--out <folder>', 'where to write the figures')
    .option('--json', 'as JSON')
    .action(async (topology: string, options: Options) => {
      const { benchBoot } = await import('../../run/index.ts')
      setExitCode(await benchBoot({ ...options, topology }))
    })
  bench
    .command('fabric')
    .description('frames per second and added latency of the networks, against a bridge of the kernel')
    .option('--quick', 'in under 15 s, with wider intervals')
    .option('--out <folder>', 'where to write the figures')
    .option('--json', 'as JSON')
    .action(async (options: BenchFabricOptions) => {
      const { benchFabric } = await import('../../run/index.ts')
      setExitCode(await benchFabric(options))
    })
  bench
    .command('calibration')
    .description('blackouts of known length, and what the wire and a client report of them')
    .option('--repeats <count>', 'program each so often', wholeNumber(1), 3)
    .option('--out <folder>', 'where to write the figures')
    .option('--json', 'as JSON')
    .action(async (options: BenchCalibrationOptions) => {
      const { benchCalibration } = await import('../../run/index.ts')
      setExitCode(await benchCalibration(options))
    })
}
