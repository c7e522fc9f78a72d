// Makes reports/sample of a run: npx tsx scripts/sample-report.ts RUN. The page says what each file was; none is copied.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../src/host/paths.ts'
import { readRun, writeReports } from '../src/report/index.ts'

const [given] = process.argv.slice(2)
if (given === undefined) {
  console.error('usage: npx tsx scripts/sample-report.ts RUN')
  process.exit(2)
}
const run = await readRun(given)
// Nor is a folder named that is not there.
const claims = run.claims.map(({ folder: _folder, ...claim }) => ({ ...claim, evidence: [] }))
const written = await writeReports({ ...run, claims }, join(projectRoot, 'reports', 'sample'))
await Promise.all([written.junit, written.markdown].map((path) => rm(path)))
console.log(written.html)
