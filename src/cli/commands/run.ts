import { ENGINES } from '../../engine/engine.ts'
import type { ReporterSpec } from '../../report/index.ts'
import type { RunClaimsOptions } from '../../run/index.ts'
import {
  KEEPALIVED_WISH,
  KERNEL_WISH,
  NAMED_WISH,
  REPORTER_HELP,
  choice,
  reporter,
  shard,
  shardOf,
  wholeNumber,
} from '../options.ts'
import type { AddCommand } from './command-module.ts'

const EXAMPLES = `
Selection: claims (004-4), topologies (dr-vrrp) and groups (regressions, versions); none means all that are in no group.
"list" shows them.

${REPORTER_HELP}

Examples:
  npx lvslab run                         every claim of the documents
  npx lvslab run dr-vrrp --keep failed   leave the machines of a failed claim
  npx lvslab run 004-4 --repeat 20       the spread of one figure
  npx lvslab run dr-vrrp --keepalived master=2.2.7,backup=2.3.3
                                         a pair of two versions
  npx lvslab run --shard 1/4 --out ci    the first quarter, for CI
  npx lvslab run --grep timeline         every failover, with the table of its events
  npx lvslab run --tap | tee run.tap     TAP 14 for another program

Exit codes: 0 all pass, 1 a claim failed, 2 usage, 3 infrastructure, 4 a prerequisite is missing,
5 nothing matched, 6 inconclusive only, 130 interrupted.`

/** As commander gives them. */
interface Options extends Omit<RunClaimsOptions, 'selection' | 'reporters'> {
  readonly reporter: readonly ReporterSpec[]
  readonly json: boolean
  readonly tap: boolean
}

export const addRun: AddCommand = (program, setExitCode) => {
  program
    .command('run')
    .description('prove claims, and write what was measured')
    .argument('[selection...]', 'claims and topologies')
    .option('--kernel <wish>', `kernel of the machines: ${KERNEL_WISH}; ${NAMED_WISH}`)
    .option(
      '--keepalived <wish>',
      `keepalived of the directors, with its userland; everybody else keeps the default one: ${KEEPALIVED_WISH}; ${NAMED_WISH}`,
    )
    .addOption(choice('--engine <engine>', 'what runs the machines', ENGINES, 'vm'))
    .addOption(
      choice('--keep <when>', 'leave machines running, to look at them', ['never', 'failed', 'always'], 'never'),
    )
    .option('--repeat <times>', 'prove each claim so often', wholeNumber(1), 1)
    .option('--shard <index/count>', 'only one part of the selection (default: what the CI system says)', shard)
    .option('--shard-by <run>', 'an earlier run, by whose durations the parts are made; the same one for all parts')
    .option('--out <folder>', 'where to write (default: reports/run-<time>)')
    .option('--grep <text>', 'only claims with this in their title, or that record it: timeline')
    .option('--cold', 'boot every machine from its disk', false)
    .option('--reporter <name[=file]>', 'how to report it besides; may be given several times', reporter, [])
    .option('--json', 'the run record on standard output: --reporter json', false)
    .option('--tap', 'TAP 14 on standard output: --reporter tap', false)
    .addHelpText('after', EXAMPLES)
    .action(async (selection: string[], { reporter, json, tap, ...options }: Options) => {
      const { runClaims } = await import('../../run/index.ts')
      const asked: readonly ReporterSpec[] = [
        ...reporter,
        ...(json ? [{ name: 'json' as const }] : []),
        ...(tap ? [{ name: 'tap' as const }] : []),
      ]
      setExitCode(
        await runClaims({ ...options, shard: options.shard ?? shardOf(process.env), selection, reporters: asked }),
      )
    })
}
