import { stripVTControlCharacters } from 'node:util'
import { ExitCode } from '../../src/errors.ts'
import { totals, whyNot } from '../../src/report/summary.ts'
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
  const seconds = Math.round(record.durationMs / 1000)
  const ratio =
    protocolWaitMs === 0 ? '' : `, ${(record.durationMs / protocolWaitMs).toFixed(1)} times what the protocols impose`
  const load = loadAverage === undefined ? '' : ` · load average up to ${loadAverage.toFixed(1)}`
  return `run ${number} of ${of}: ${counts.join(', ') || 'nothing'} · ${Math.floor(seconds / 60)} min ${seconds % 60} s${ratio}${load}`
}

/** Every claim that did not hold each time: how often it ended how, and why. */
export function unsteady(laps: readonly Lap[]): string[] {
  const all = laps.flatMap(({ record }, index) => record.claims.map((claim) => ({ claim, number: index + 1 })))
  const other = all.filter(({ claim }) => claim.verdict === 'fail' || claim.verdict === 'inconclusive')
  return [...new Set(other.map(({ claim }) => claim.id))].flatMap((id) => {
    const own = other.filter(({ claim }) => claim.id === id)
    const times = all.filter(({ claim }) => claim.id === id).length
    const why = own.map(({ claim, number }) => {
      const reason = stripVTControlCharacters(whyNot(claim) ?? 'no reason').replace(/\s+/g, ' ')
      return `    run ${number}, ${claim.verdict}: ${reason.slice(0, 400)}`
    })
    return [`${id}: holds ${times - own.length} of ${times} times`, ...why]
  })
}

/** 1 when a claim failed, 6 when one was inconclusive, 3 when a run came to no record, else 0. */
export function enduranceCode(laps: readonly Lap[], wanted: number): number {
  const verdicts = laps.flatMap(({ record }) => record.claims.map(({ verdict }) => verdict))
  if (verdicts.includes('fail')) return ExitCode.claimFailed
  if (laps.length < wanted) return ExitCode.infrastructure
  return verdicts.includes('inconclusive') ? ExitCode.inconclusive : ExitCode.pass
}
