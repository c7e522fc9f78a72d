import { ExitCode } from '../../errors.ts'
import { KEEPALIVED_WISH, KERNEL_WISH, shard, shardOf, wholeNumber } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const HELP = `
Every kernel with every keepalived, cell by cell; a night that was interrupted, however that was, goes on when it is
called again with the same --out. What is missing of kernels and userlands is built meanwhile, one at a time. A cell
leads to its own report. What failed last comes first, then what is new, and of those the quickest.

The matrix may be in a YAML file (--matrix FILE): kernels, keepaliveds and claims (lists), grep, repeat, known.

Known failures (--known FILE) are a YAML list of { claim, kernel, keepalived, reason, until }: until that day they make
nothing worse, from then on they count again.

With --shard (or where a CI system says which of its parallel jobs this is) a machine works off its part of the cells, in
OUT/shard-I-of-N; "npx lvslab report OUT" makes one night of them, and ends as the night would have.

Examples:
  npx lvslab nightly dr-vrrp --kernel bullseye,bookworm,trixie --keepalived bookworm,trixie --dry-run
  npx lvslab nightly 004-4 004-8 --kernel 5.10,6.1,6.12 --keepalived 2.2.7,2.3.3 --repeat 5
  npx lvslab nightly --matrix night.yaml --known known.yaml --out nights/2026-11-20

Exit codes: 0 nothing is worse than the night before, 1 something is (a claim that never passed before and fails counts),
3 a cell came to no result, 130 interrupted.`

interface Options {
  readonly matrix?: string
  readonly kernel?: string
  readonly keepalived?: string
  readonly repeat?: number
  readonly grep?: string
  readonly shard?: { readonly index: number; readonly count: number }
  readonly out?: string
  readonly before?: string
  readonly known?: string
  readonly dryRun: boolean
  readonly json: boolean
}

export const addNightly: AddCommand = (program, setExitCode) => {
  program
    .command('nightly')
    .description('prove claims with several kernels and keepaliveds, and tell what got worse')
    .argument('[selection...]', 'claims and topologies')
    .option('--matrix <file>', 'a YAML file with all of this; what is given besides takes its place')
    .option('--kernel <wishes>', `kernels, with commas between them; each ${KERNEL_WISH} (default: bookworm)`)
    .option(
      '--keepalived <wishes>',
      `keepaliveds, with commas between them; each ${KEEPALIVED_WISH} (default: bookworm)`,
    )
    .option('--repeat <times>', 'prove each claim so often (default: 1)', wholeNumber(1))
    .option('--grep <text>', 'only claims with this in their title')
    .option('--shard <index/count>', "only one machine's part of the cells (default: what the CI system says)", shard)
    .option('--out <folder>', 'where to write (default: reports/nightly/<day>)')
    .option('--before <folder>', 'the night to compare with (default: those beside this one)')
    .option('--known <file>', 'failures that are known, with reasons')
    .option('--dry-run', 'show the cells in their order and how long they will take, and run none', false)
    .option('--json', 'the record, or the plan, on standard output', false)
    .addHelpText('after', HELP)
    .action(async (selection: string[], options: Options) => {
      const { planNight, readNight, runNightly, tellPlan } = await import('../../matrix/index.ts')
      const { lookOf, print, printJson, say } = await import('../terminal/output.ts')
      const { renderPlan } = await import('../render/night-plan.ts')
      const { kernel, keepalived, dryRun, json, ...rest } = options
      const axis = (text: string | undefined): string[] | undefined => text?.split(',').filter((one) => one !== '')
      const all = {
        ...rest,
        shard: rest.shard ?? shardOf(process.env),
        selection,
        kernels: axis(kernel),
        keepaliveds: axis(keepalived),
        say,
      }
      if (dryRun) {
        const plan = await tellPlan(await planNight(all), say)
        if (json) printJson(plan)
        else print(renderPlan(plan, lookOf()))
        return setExitCode(ExitCode.pass)
      }
      const { exitCode, outDir } = await runNightly(all)
      setExitCode(exitCode)
      if (json) printJson(await readNight(outDir))
    })
}
