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

/** What a report says: how many ended how, and a line for each that failed. */
const readers: Readonly<Record<string, (text: string) => readonly [Tally, readonly string[]]>> = {
  tap: (text) => [tallyTap(text), failedTests(text)],
  run: (text) => [tallyRun(text), failedClaims(text)],
}

function resultOf(kind: string, exitCode: number, path: string): readonly [Tally, readonly string[]] {
  const read = readers[kind]
  if (!read) return [withExitCode(nothing, exitCode), exitCode === 0 ? [] : [`${path} (exit code ${exitCode})`]]
  try {
    const [tally, failures] = read(readFileSync(path, 'utf8'))
    return [withExitCode(tally, exitCode), failures]
  } catch (error) {
    // No report, or half of one: the stage did not do what it should have.
    const why = error instanceof Error ? error.message : String(error)
    return [withExitCode(nothing, exitCode === 0 ? 1 : exitCode), [`${path}: ${why}`]]
  }
}

const args = process.argv.slice(2)
let total = nothing
const failures: string[] = []
for (let at = 0; at + 2 < args.length; at += 3) {
  const [tally, failed] = resultOf(args[at]!, Number(args[at + 1]), args[at + 2]!)
  total = add(total, tally)
  failures.push(...failed)
}
for (const failure of failures.slice(0, 30)) console.log(`✖ ${failure}`)
if (failures.length > 30) console.log(`✖ and ${failures.length - 30} more`)
console.log(closingLine(total))
process.exitCode = total.failed === 0 ? 0 : 1
