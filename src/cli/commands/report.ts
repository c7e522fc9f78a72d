import type { ReporterSpec } from '../../report/index.ts'
import { reporter, REPORTER_HELP } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const HELP = `
${REPORTER_HELP}

Examples:
  npx lvslab report reports/run-20261120-0912             its four files, anew
  npx lvslab report reports/run-20261120-0912 --reporter tap
  npx lvslab report ci/1 ci/2 ci/3 --out ci               shards of one run as one; no claim may be in two of them
  npx lvslab report nights/2026-11-20 --known known.yaml   the night of its shards; ends as the night would have`

interface Options {
  readonly timeline?: boolean
  readonly out?: string
  readonly before?: string
  readonly known?: string
  readonly reporter: readonly ReporterSpec[]
}

export const addReport: AddCommand = (program, setExitCode) => {
  program
    .command('report')
    .description('make the reports anew from what runs recorded, or one of several runs')
    .argument('<run...>', 'folders of runs (they hold run.json), or the files themselves; a night, or its shards')
    .option('--timeline', 'print the tables of its failovers instead')
    .option('--out <folder>', 'write there, and make one run of all (default: each run in its own folder)')
    .option('--before <folder>', 'of a night: what to compare it with (default: the nights beside it)')
    .option('--known <file>', 'of a night: failures that are known, with reasons')
    .option('--reporter <name[=file]>', 'how to report it besides; may be given several times', reporter, [])
    .addHelpText('after', HELP)
    .action(async (given: string[], { out, before, known, reporter: specs, timeline = false }: Options) => {
      const { print, say } = await import('../terminal/output.ts')
      if (timeline) {
        const { readRun, renderTimelines } = await import('../../report/index.ts')
        const { lookOf } = await import('../terminal/output.ts')
        for (const one of given) print(renderTimelines(await readRun(one), lookOf()))
        return
      }
      const { isNight, remakeNight } = await import('../../matrix/index.ts')
      const nights = await Promise.all(given.map(isNight))
      if (nights.some((one) => one)) {
        const { page, exitCode } = await remakeNight(given, { out, before, known, say })
        print(page)
        return setExitCode(exitCode)
      }
      const { remakeReports } = await import('../remake-reports.ts')
      const data = specs.some(({ file }) => file === undefined)
      for (const path of await remakeReports(given, out, specs)) (data ? say : print)(path)
    })
}
