import type { AddCommand } from './command-module.ts'

export const addReport: AddCommand = (program) => {
  program
    .command('report')
    .description('make report.html anew from what a run recorded')
    .argument('<run...>', 'folders of runs (they hold run.json), or the files themselves')
    .option('--timeline', 'print the tables of its failovers instead')
    .action(async (runs: string[], { timeline = false }: { timeline?: boolean }) => {
      const { readRun, renderTimelines, writeReports } = await import('../../report/index.ts')
      const { stat } = await import('node:fs/promises')
      const path = await import('node:path')
      const { lookOf, print } = await import('../terminal/output.ts')
      for (const given of runs) {
        const run = await readRun(given)
        if (timeline) {
          print(renderTimelines(run, lookOf()))
          continue
        }
        const folder = (await stat(given)).isDirectory() ? given : path.dirname(given)
        print((await writeReports(run, folder)).html)
      }
    })
}
