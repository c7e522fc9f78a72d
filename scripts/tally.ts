// Sums up a test run: tally.ts (tap|run|stage) EXIT-CODE REPORT ... prints what failed, a line each, then
// "N passed, N failed", and exits 1 on failure. Who keeps only the end of a log still reads there what failed, and why.
import { readFileSync } from 'node:fs'
import {
  add,
  closingLine,
  failedClaims,
  failedTests,
  nothing,
  tallyRun,
  tallyTap,
  withExitCode,
  type Tally,
} from './lib/tally.ts'

const counters: Readonly<Record<string, (text: string) => Tally>> = {
  tap: tallyTap,
  run: tallyRun,
  stage: () => nothing,
}

function tallyOf(kind: string, exitCode: number, path: string): Tally {
  try {
    return withExitCode(
      (counters[kind] ?? counters['stage']!)(kind === 'stage' ? '' : readFileSync(path, 'utf8')),
      exitCode,
    )
  } catch {
    // No report, or half of one: the stage did not do what it should have.
    return withExitCode(nothing, exitCode === 0 ? 1 : exitCode)
  }
}

function failuresOf(kind: string, exitCode: number, path: string): string[] {
  try {
    if (kind === 'stage') return exitCode === 0 ? [] : [`${path} (exit code ${exitCode})`]
    return (kind === 'run' ? failedClaims : failedTests)(readFileSync(path, 'utf8'))
  } catch (error) {
    return [`${path}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

const args = process.argv.slice(2)
let total = nothing
const failures: string[] = []
for (let at = 0; at + 2 < args.length; at += 3) {
  total = add(total, tallyOf(args[at]!, Number(args[at + 1]), args[at + 2]!))
  failures.push(...failuresOf(args[at]!, Number(args[at + 1]), args[at + 2]!))
}
for (const failure of failures.slice(0, 30)) console.log(`✖ ${failure}`)
if (failures.length > 30) console.log(`✖ and ${failures.length - 30} more`)
console.log(closingLine(total))
process.exitCode = total.failed === 0 ? 0 : 1
