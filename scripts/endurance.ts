// Runs in a row, to see whether every claim holds every time:
//   npm run test:endurance -- [--runs 10] [--busy] [--out DIR] [claim or topology ...]
// --busy keeps each core at work with a process that only counts. What DIR (default reports/endurance) has of an earlier
// call counts, if it is of the same state of the project: a series that was cut off goes on. Exit codes: as `lvslab run`,
// the worst of all runs; 3 also where a run came to no record.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { projectRoot } from '../src/host/paths.ts'
import { readRun } from '../src/report/index.ts'
import type { RunRecord } from '../src/run/record.ts'
import { counting } from './lib/busy.ts'
import { enduranceCode, lapLine, stateOf, unsteady, type Lap } from './lib/endurance.ts'

/** No run takes as long; a counting process ends by itself then, whatever became of this one. */
const LONGEST_MS = 3 * 3600_000
const LOOK_MS = 5_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '10' },
    busy: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs takes a whole number from 1 on, not ${values.runs}`)
  process.exit(2)
}
const out = resolve(values.out ?? join(projectRoot, 'reports', values.busy ? 'endurance-busy' : 'endurance'))
await mkdir(out, { recursive: true })
const stateFile = join(out, 'state')
const state = await stateOf(projectRoot)
const begun = await readFile(stateFile, 'utf8').catch(() => undefined)
if (begun !== undefined && begun !== state) {
  console.error(
    `${out} has runs of another state of the project (${begun}, now ${state}): name another --out, or remove it`,
  )
  process.exit(2)
}
await writeFile(stateFile, state)

async function earlier(folder: string): Promise<RunRecord | undefined> {
  const record = await readRun(folder).catch(() => undefined)
  return record?.interrupted === false ? record : undefined
}

/** Ends the present run in an orderly way. */
let end = (): unknown => process.exit(130)
process.on('SIGTERM', () => end())
// A terminal's Ctrl-C is for all that it started, the run too.
process.on('SIGINT', () => process.stdin.isTTY || end())

async function lap(folder: string): Promise<Lap | undefined> {
  const before = await earlier(folder)
  if (before) return { record: before }
  const busy = values.busy ? counting(availableParallelism(), LONGEST_MS) : []
  let loadAverage = 0
  const look = setInterval(() => (loadAverage = Math.max(loadAverage, loadavg()[0] ?? 0)), LOOK_MS)
  try {
    const command = [join(projectRoot, 'bin', 'lvslab.js'), 'run', ...positionals, '--out', folder]
    const run = $({ nothrow: true, stdio: 'inherit' })`${process.execPath} ${command}`
    end = () => run.child?.kill('SIGINT')
    const { exitCode } = await run
    if (exitCode === 130) process.exit(130)
    const record = await earlier(folder)
    return record && { record, loadAverage }
  } finally {
    clearInterval(look)
    for (const one of busy) one.kill('SIGKILL')
  }
}

const laps: Lap[] = []
for (let number = 1; number <= runs; number++) {
  const done = await lap(join(out, `run-${String(number).padStart(2, '0')}`))
  if (!done) break
  laps.push(done)
  console.log(`\n${lapLine(done, number, runs)}`)
}
console.log(
  `\n${values.busy ? 'Beside other work on each core' : 'With nothing of ours beside it'}, ${laps.length} runs in a row:`,
)
for (const [index, one] of laps.entries()) console.log(`  ${lapLine(one, index + 1, runs)}`)
const others = unsteady(laps)
console.log(others.length === 0 ? '  every claim holds every time' : `  ${others.join('\n  ')}`)
process.exitCode = enduranceCode(laps, runs)
