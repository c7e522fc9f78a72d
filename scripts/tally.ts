// Sums up a test run: tally.ts (tap|run|stage) EXIT-CODE REPORT ... prints "N passed, N failed" and exits 1 on failure.
import { readFileSync } from 'node:fs'
import { add, closingLine, nothing, tallyRun, tallyTap, withExitCode, type Tally } from './lib/tally.ts'

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

const args = process.argv.slice(2)
let total = nothing
for (let at = 0; at + 2 < args.length; at += 3) {
  total = add(total, tallyOf(args[at]!, Number(args[at + 1]), args[at + 2]!))
}
console.log(closingLine(total))
process.exitCode = total.failed === 0 ? 0 : 1
