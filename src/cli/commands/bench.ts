import { KEEPALIVED_WISH, KERNEL_WISH, wholeNumber } from '../options.ts'
import { lookOf } from '../terminal/output.ts'
import type {
  BenchBootOptions,
  BenchCalibrationOptions,
  BenchFabricOptions,
  BenchSuiteOptions,
} from '../../run/index.ts'
import type { AddCommand } from './command-module.ts'

type Options = Omit<BenchBootOptions, 'topology'>

const HELP = `
Without a command: the performance suite, under 20 minutes on two cores without KVM; --quick in 3. Sections: forwarding,
servers, schedulers, scale, connections, failover, health. Figures are to be read as ratios within one run.
  npx lvslab bench --only forwarding,schedulers
  npx lvslab bench --only servers --out a                      and later --out b; then: npx lvslab compare a b
  npx lvslab bench --only servers --impair web-1:delay=5ms     with a bad cable throughout

Exit codes: 0 measured, 2 usage, 3 a section could not be measured to its end, 4 a prerequisite is missing.`

const list = (text: string, before: readonly string[] = []): string[] => [...before, ...text.split(',').filter(Boolean)]

export const addBench: AddCommand = (program, setExitCode) => {
  const bench = program
    .command('bench')
    .description('the performance suite; its commands measure the harness itself')
    .option('--only <section,...>', 'only these sections', list)
    .option('--quick', 'in 3 minutes, with few repetitions')
    .option('--rounds <count>', 'so many rounds of each section, however long they take', wholeNumber(1))
    .option(
      '--impair <node[:nic]:kind=amount>',
      'a bad cable throughout; can be given again',
      (text, before: string[] = []) => [...before, text],
    )
    .option('--kernel <kernel>', KERNEL_WISH)
    .option('--keepalived <keepalived>', KEEPALIVED_WISH)
    .option('--out <folder>', 'where to write bench.json and bench.html')
    .option('--json', 'the record on standard output (lvslab.bench/1)')
    .addHelpText('after', HELP)
    // What stands after a command is the command's.
    .enablePositionalOptions()
    .action(async (options: BenchSuiteOptions) => {
      const { benchSuite } = await import('../../run/index.ts')
      setExitCode(await benchSuite({ ...options, look: lookOf() }))
    })
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
