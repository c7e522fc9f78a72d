import { createHash } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'
import { $ } from 'zx'
import { ExitCode } from '../../src/errors.ts'
import { duration } from '../../src/report/quantity.ts'
import { totals, whyNot } from '../../src/report/summary.ts'
import { exitCodeOf } from '../../src/run/exit-code.ts'
import type { RunRecord, Verdict } from '../../src/run/record.ts'

/** One run of several in a row. */
export interface Lap {
  readonly record: RunRecord
  /** The highest load average of a minute that was seen beside it; undefined where an earlier call made the run. */
  readonly loadAverage?: number
}

/** A lap in a line: "run 3 of 10: 60 pass, 1 inconclusive · 13 min 22 s, 2.4 times what the protocols impose". */
export function lapLine({ record, loadAverage }: Lap, number: number, of: number): string {
  const { protocolWaitMs, ...sums } = totals(record)
  const counts = (['pass', 'fail', 'inconclusive', 'skip'] as const satisfies readonly Verdict[])
    .filter((verdict) => sums[verdict] > 0)
    .map((verdict) => `${sums[verdict]} ${verdict}`)
  if (record.calibration?.verdict === 'fail') counts.push("the wire's times off")
  const ratio =
    protocolWaitMs === 0 ? '' : `, ${(record.durationMs / protocolWaitMs).toFixed(1)} times what the protocols impose`
  const load = loadAverage === undefined ? '' : ` · load average up to ${loadAverage.toFixed(1)}`
  return `run ${number} of ${of}: ${counts.join(', ') || 'nothing'} · ${duration(record.durationMs)}${ratio}${load}`
}

/**
 * Every claim that did not hold each time: how often it ended how, and why. So, too, of a calibration that failed; one
 * that came to no result decides nothing.
 */
export function unsteady(laps: readonly Lap[]): string[] {
  const all = laps.flatMap(({ record }, index) => record.claims.map((claim) => ({ claim, number: index + 1 })))
  const other = all.filter(({ claim }) => claim.verdict === 'fail' || claim.verdict === 'inconclusive')
  const claims = [...new Set(other.map(({ claim }) => claim.id))].flatMap((id) => {
    const own = other.filter(({ claim }) => claim.id === id)
    const times = all.filter(({ claim }) => claim.id === id).length
    const why = own.map(({ claim, number }) => reasonLine(number, claim.verdict, whyNot(claim)))
    return [`${id}: holds ${times - own.length} of ${times} times`, ...why]
  })
  const off = laps.flatMap(({ record: { calibration } }, index) =>
    calibration?.verdict === 'fail' ? reasonLine(index + 1, calibration.verdict, calibration.reason) : [],
  )
  const wire = off.length === 0 ? [] : [`the wire's times: off ${off.length} of ${laps.length} times`, ...off]
  return [...claims, ...wire]
}

function reasonLine(number: number, verdict: Verdict, reason = 'no reason'): string {
  return `    run ${number}, ${verdict}: ${stripVTControlCharacters(reason).replace(/\s+/g, ' ').slice(0, 400)}`
}

/**
 * What the claims and calibrations of all runs amount to, as if they were one run's; 3 when a run came to no record,
 * unless a claim failed.
 */
export function enduranceCode(laps: readonly Lap[], wanted: number): number {
  const off = laps.find(({ record }) => record.calibration?.verdict === 'fail')
  const code = exitCodeOf(
    laps.flatMap(({ record }) => record.claims),
    off?.record.calibration,
  )
  return laps.length < wanted && code !== ExitCode.claimFailed ? ExitCode.infrastructure : code
}

/** What a verdict depends on, within the project: no run has to do with the tests of units and of the harness. */
const TESTS = ['documents', 'harness/sabotage', 'regressions', 'support', 'versions'].map((part) => `tests/${part}`)
const PARTS = ['bin', 'package-lock.json', 'provision', 'src', ...TESTS, 'topologies']

/** Which state of the project runs are of: what git has of the parts that decide, with what was changed since. */
export async function stateOf(folder: string): Promise<string> {
  const git = $({ cwd: folder, quiet: true })
  const [tree, changes] = await Promise.all([
    git`git ls-tree HEAD -- ${PARTS}`,
    git`git diff HEAD --no-ext-diff --binary -- ${PARTS}`,
  ])
  return createHash('sha256').update(tree.stdout).update(changes.stdout).digest('hex').slice(0, 16)
}
