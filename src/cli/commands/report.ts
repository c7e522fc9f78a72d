import type { ReporterSpec } from '../../report/index.ts'
import { reporter, REPORTER_HELP } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const HELP = `
${REPORTER_HELP}

Examples:
  npx lvslab report reports/run-20261120-0912             its four files, anew
  npx lvslab report reports/run-20261120-0912 --reporter tap
  npx lvslab report ci/1 ci/2 ci/3 --out ci               shards of one run as one; no claim may be in two of them`

interface Options {
  readonly timeline?: boolean
  readonly out?: string
  readonly reporter: readonly ReporterSpec[]
}

export const addReport: AddCommand = (program) => {
  program
    .command('report')
    .description('make the reports anew from what runs recorded, or one of several runs')
    .argument('<run...>', 'folders of runs (they hold run.json), or the files themselves')
    .option('--timeline', 'print the tables of its failovers instead')
    .option('--out <folder>', 'write there, and make one run of all (default: each run in its own folder)')
    .option('--reporter <name[=file]>', 'how to report it besides; may be given several times', reporter, [])
    .addHelpText('after', HELP)
    .action(async (given: string[], { out, reporter: specs, timeline = false }: Options) => {
      const { print, say } = await import('../terminal/output.ts')
      if (timeline) {
        const { readRun, renderTimelines } = await import('../../report/index.ts')
        const { lookOf } = await import('../terminal/output.ts')
        for (const one of given) print(renderTimelines(await readRun(one), lookOf()))
        return
      }
      const { remakeReports } = await import('../remake-reports.ts')
      const data = specs.some(({ file }) => file === undefined)
      for (const path of await remakeReports(given, out, specs)) (data ? say : print)(path)
    })
}
