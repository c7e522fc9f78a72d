import type { AddCommand } from './command-module.ts'

export const addReport: AddCommand = (program) => {
  program
    .command('report')
    .description('make report.html anew from what a run recorded')
    .argument('<run...>', 'folders of runs (they hold run.json), or the files themselves')
    .action(async (runs: string[]) => {
      const { readRun, writeReports } = await import('../../report/index.ts')
      const { stat } = await import('node:fs/promises')
      const { dirname } = await import('node:path')
      const { print } = await import('../terminal/output.ts')
      for (const path of runs) {
        const run = await readRun(path)
        const folder = (await stat(path)).isDirectory() ? path : dirname(path)
        print((await writeReports(run, folder)).html)
      }
    })
}
