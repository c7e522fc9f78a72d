import type { ClaimRecord, RunRecord } from '../../run/record.ts'
import { COMPARE_SCHEMA, type ComparedRun, type Comparison } from './comparison.ts'
import { FALSE_ALARM_RATE, family, repeatsNeeded } from './family.ts'
import { compareFigures, figureTests } from './compare-figures.ts'
import { compareFindings, compareVerdicts, occurrenceTests, windowTests } from './compare-occurrences.ts'
import { figureSamples } from './figure-samples.ts'
import { noiseFloors, type NoiseFloor } from './noise.ts'
import { differingSettings } from './settings.ts'

/** What the records themselves know of their noise. */
export interface KnownFloors {
  /** In a sentence, for the reader. */
  readonly said: string
  readonly floors: ReadonlyMap<string, NoiseFloor>
}

/**
 * What changed from run A to run B.
 *
 * What is a yes or no (a verdict, a finding, a figure in its window) and the same in all of A's records is named when it
 * is the other way in all of B's. What varies within a run, and every figure, is tested: a rank test for each, which asks
 * nothing of the distribution, and all of them together name anything falsely in at most 5 % of comparisons of two runs of
 * the same ({@link family}). A figure that was measured once is never called changed.
 *
 * @param noise - two runs of one thing on this machine: no figure's change is named that is not larger than between them
 * @param known - floors that the records bring with them
 */
export function compareRuns(
  a: RunRecord,
  b: RunRecord,
  noise?: readonly [RunRecord, RunRecord],
  known?: KnownFloors,
): Comparison {
  const samplesA = figureSamples(a)
  const samplesB = figureSamples(b)
  const figures = figureTests(samplesA, samplesB)
  const claims = occurrenceTests(a, b)
  const windows = windowTests(samplesA, samplesB)
  const tests = [...figures, ...claims.verdicts, ...claims.findings, ...windows].map(({ test }) => test.leastP)
  const { level, tests: divided } = family(tests)
  const verdicts = compareVerdicts(claims.verdicts, level)
  const findings = compareFindings(claims.findings, level)
  const decided = compareFigures(figures, level, floorsOf(noise, known))
  const left = windows.flatMap(({ left, decides }) => (decides(level) && left ? [left] : []))
  const cameBack = windows.flatMap(({ cameBack, decides }) => (decides(level) && cameBack ? [cameBack] : []))
  const only = (from: RunRecord, other: RunRecord): { id: string; text: string }[] => {
    const there = new Set(other.claims.map(({ id }) => id))
    return distinct(from.claims.filter(({ id }) => !there.has(id))).map(({ id, title }) => ({ id, text: title }))
  }
  const shared = new Set(a.claims.map(({ id }) => id).filter((id) => b.claims.some((claim) => claim.id === id)))
  const onlyIn = (from: typeof samplesA, other: typeof samplesA): { id: string; text: string }[] =>
    [...from]
      .filter(([key, { claim }]) => !other.has(key) && shared.has(claim))
      .map(([, { claim, name }]) => ({ id: claim, text: name }))
  const result: Result = {
    schema: COMPARE_SCHEMA,
    a: comparedRun(a),
    b: comparedRun(b),
    ...(noise && { noise: [comparedRun(noise[0]), comparedRun(noise[1])] as const }),
    ...(known && { knownNoise: known.said }),
    settings: differingSettings(a, b),
    ...(shared.size > 0 && { alike: { claims: endedAlike(a, b, shared), of: shared.size } }),
    verdicts,
    claims: { added: only(b, a), removed: only(a, b) },
    findings,
    windows: { left, cameBack },
    figures: {
      compared: figures.length,
      ...decided,
      onlyA: onlyIn(samplesA, samplesB),
      onlyB: onlyIn(samplesB, samplesA),
    },
    statistics: {
      falseAlarmRate: FALSE_ALARM_RATE,
      tests: divided,
      level,
      repeatsNeeded: repeatsNeeded(Math.max(1, tests.length)),
    },
  }
  return { ...result, different: isDifferent(result), worse: isWorse(result) }
}

function endedAlike(a: RunRecord, b: RunRecord, shared: ReadonlySet<string>): number {
  const verdictsOf = (id: string): ReadonlySet<string> =>
    new Set([...a.claims, ...b.claims].filter((claim) => claim.id === id).map(({ verdict }) => verdict))
  return [...shared].filter((id) => verdictsOf(id).size === 1).length
}

/** The higher of both, where both know one. */
function floorsOf(
  noise: readonly [RunRecord, RunRecord] | undefined,
  known: KnownFloors | undefined,
): ReadonlyMap<string, NoiseFloor> | undefined {
  const measured = noise && noiseFloors(noise)
  if (measured === undefined || known === undefined) return measured ?? known?.floors
  const higher = [...known.floors].map(([key, one]): [string, NoiseFloor] => {
    const other = measured.get(key)
    return [key, other !== undefined && other.floor > one.floor ? other : one]
  })
  return new Map([...measured, ...higher])
}

type Result = Omit<Comparison, 'different' | 'worse'>

function isDifferent({ verdicts, claims, findings, windows, figures }: Result): boolean {
  const named = [
    ...[verdicts, claims.added, claims.removed, findings.appeared, findings.vanished],
    ...[windows.left, windows.cameBack, figures.changed],
  ]
  return named.some((list) => list.length > 0)
}

function isWorse({ verdicts, windows, figures }: Result): boolean {
  const directions = [...verdicts, ...figures.changed].map(({ direction }) => direction)
  return windows.left.length > 0 || directions.includes('worse')
}

function distinct(claims: readonly ClaimRecord[]): ClaimRecord[] {
  return [...new Map(claims.map((claim) => [claim.id, claim])).values()]
}

function comparedRun(run: RunRecord): ComparedRun {
  const times = new Map<string, number>()
  for (const { id } of run.claims) times.set(id, (times.get(id) ?? 0) + 1)
  const { id, startedAt, interrupted } = run
  return { id, startedAt, claims: times.size, repeats: Math.max(0, ...times.values()), interrupted }
}
