import { wholeNumber } from '../options.ts'
import type { BenchOptions } from '../run-module.ts'
import type { AddCommand } from './command-module.ts'

type Options = Omit<BenchOptions, 'topology' | 'json'> & { readonly json?: boolean }

export const addBench: AddCommand = (program, setExitCode) => {
  const bench = program.command('bench').description('measure the harness itself')
  bench
    .command('boot')
    .description('how long a cluster takes to come up: cold, from templates, from a snapshot')
    .argument('[topology]', 'which one', 'dr-vrrp')
    .option('--repeat <times>', 'boot so often each way', wholeNumber(1), 5)
    .option('--kernel <name>', 'kernel of the machines')
    .option('--out <folder>', 'where to write the figures')
    .option('--json', 'as JSON')
    .action(async (topology: string, options: Options) => {
      const { runModule } = await import('../run-module.ts')
      const run = await runModule()
      setExitCode(await run.benchBoot({ json: false, ...options, topology }))
    })
}
