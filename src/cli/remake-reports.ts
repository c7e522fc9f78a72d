import { stat } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../errors.ts'
import {
  broadcast,
  mergeRuns,
  readRun,
  replay,
  reportersFor,
  type GivenRun,
  type ReporterSpec,
} from '../report/index.ts'

/**
 * Makes reports out of run records.
 *
 * @param given - folders of runs, or their run.json
 * @param out - a folder for one record of all runs; without it each run's reports go to its own folder
 * @param specs - further reporters
 * @returns the paths of the pages that were written
 * @throws UsageError what {@link readRun} and {@link mergeRuns} throw; `LVSLAB_E_REPORTER` for several runs that were not
 * to be made one, and a reporter that would write each to the same place
 */
export async function remakeReports(
  given: readonly string[],
  out: string | undefined,
  specs: readonly ReporterSpec[],
): Promise<string[]> {
  const runs: GivenRun[] = []
  for (const one of given) {
    const run = await readRun(one)
    runs.push({ run, folder: path.resolve((await stat(one)).isDirectory() ? one : path.dirname(one)) })
  }
  if (out === undefined && runs.length > 1 && specs.length > 0) {
    throw new UsageError('LVSLAB_E_REPORTER', 'several runs would be reported to one place, each over the other', {
      todo: 'give --out FOLDER to make one run of them, or report them one by one',
    })
  }
  const outDir = out === undefined ? undefined : path.resolve(out)
  const made = outDir === undefined ? runs : [{ run: mergeRuns(runs, outDir), folder: outDir }]
  for (const { run, folder } of made) {
    const surroundings = { outDir: folder, stdout: process.stdout, env: process.env }
    await replay(run, broadcast(reportersFor(specs, surroundings)))
  }
  return made.map(({ folder }) => path.join(folder, 'report.html'))
}
