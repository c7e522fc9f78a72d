import { median } from 'simple-statistics'
import type { ClaimRecord, RunRecord, Verdict } from '../../run/record.ts'
import type { Comparison, VerdictChange, VerdictCounts, WindowChange } from './comparison.ts'
import { verdictDirection } from './direction.ts'
import type { FigureSamples } from './figure-samples.ts'
import { rankTest, type RankTest } from './rank-test.ts'

/** Something that is or is not so in each of a claim's records, in both runs. */
interface Occurrence {
  readonly a: { readonly count: number; readonly of: number }
  readonly b: { readonly count: number; readonly of: number }
  readonly test: RankTest
  /** At a level: whether it is another thing in B than in A. */
  readonly decides: (level: number) => boolean
}

/** All one way in A and all the other way in B needs no statistics; what varies within a run does. */
function occurrence(a: Occurrence['a'], b: Occurrence['b']): Occurrence {
  const always = ({ count, of }: Occurrence['a']): boolean | undefined =>
    of === 0 || (count > 0 && count < of) ? undefined : count === of
  const [inA, inB] = [always(a), always(b)]
  if (inA !== undefined && inB !== undefined) return { a, b, test: { p: 1, leastP: 1 }, decides: () => inA !== inB }
  const flags = ({ count, of }: Occurrence['a']): number[] => Array.from({ length: of }, (_, n) => (n < count ? 1 : 0))
  const test = rankTest(flags(a), flags(b))
  return { a, b, test, decides: (level) => test.p <= level }
}

type Claims = readonly ClaimRecord[]
type VerdictTest = Occurrence & {
  readonly id: string
  readonly verdict: Verdict
  readonly of: { a: Claims; b: Claims }
}
type FindingTest = Occurrence & { readonly id: string; readonly text: string }

/** The claims of both runs by id. */
function shared(a: RunRecord, b: RunRecord): { readonly id: string; readonly a: Claims; readonly b: Claims }[] {
  const ids = [...new Set(a.claims.map(({ id }) => id))]
  const of = (run: RunRecord, id: string): Claims => run.claims.filter((claim) => claim.id === id)
  return ids.map((id) => ({ id, a: of(a, id), b: of(b, id) })).filter(({ b }) => b.length > 0)
}

export function occurrenceTests(
  a: RunRecord,
  b: RunRecord,
): { readonly verdicts: readonly VerdictTest[]; readonly findings: readonly FindingTest[] } {
  const claims = shared(a, b)
  const counted = (claims: Claims, is: (claim: ClaimRecord) => boolean): Occurrence['a'] => ({
    count: claims.filter(is).length,
    of: claims.length,
  })
  const verdicts = claims.flatMap(({ id, ...of }) =>
    (['fail', 'inconclusive', 'skip'] as const).map((verdict): VerdictTest => {
      const is = (claim: ClaimRecord): boolean => claim.verdict === verdict
      return { id, verdict, of, ...occurrence(counted(of.a, is), counted(of.b, is)) }
    }),
  )
  const findings = claims.flatMap(({ id, ...of }) => {
    const texts = new Map([...of.a, ...of.b].flatMap((claim) => claim.findings.map(({ text }) => [kind(text), text])))
    return [...texts].map(([key, text]): FindingTest => {
      const is = (claim: ClaimRecord): boolean => claim.findings.some((finding) => kind(finding.text) === key)
      return { id, text, ...occurrence(counted(of.a, is), counted(of.b, is)) }
    })
  })
  return { verdicts, findings }
}

/** "a second outage of 3.7 s" and "… of 4.1 s" are one finding: what varies is in the figures. */
function kind(text: string): string {
  return text.replace(/\d+([.,:]\d+)*/g, '#').replace(/\s+/g, ' ')
}

export function compareVerdicts(tests: readonly VerdictTest[], level: number): VerdictChange[] {
  const changes = new Map<string, VerdictChange>()
  for (const { id, of, test, decides } of tests) {
    if (changes.has(id) || !decides(level)) continue
    const [a, b] = [worst(of.a), worst(of.b)]
    // Fewer failures among failures: the worst of both is the same.
    const share = (claims: Claims): number => claims.filter(({ verdict }) => verdict === 'fail').length / claims.length
    const direction = a === b ? (share(of.b) > share(of.a) ? 'worse' : 'better') : verdictDirection(a, b)
    const reason = of.b.find(({ verdict }) => verdict === b)?.reason
    changes.set(id, {
      ...{ id, title: of.b[0]?.title ?? id, a: counts(of.a), b: counts(of.b), direction },
      ...(b !== 'pass' && reason !== undefined && { reason }),
      ...(test.p < 1 && { p: test.p }),
    })
  }
  return [...changes.values()]
}

function worst(claims: Claims): Verdict {
  const all = claims.map(({ verdict }) => verdict)
  return (['fail', 'inconclusive', 'skip'] as const).find((verdict) => all.includes(verdict)) ?? 'pass'
}

function counts(claims: Claims): VerdictCounts {
  const all: Partial<Record<Verdict, number>> = {}
  for (const { verdict } of claims) all[verdict] = (all[verdict] ?? 0) + 1
  return all
}

export function compareFindings(tests: readonly FindingTest[], level: number): Comparison['findings'] {
  const decided = tests.filter(({ decides }) => decides(level))
  const more = ({ a, b }: FindingTest): boolean => b.count / b.of > a.count / a.of
  const named = (all: readonly FindingTest[]) => all.map(({ id, text }) => ({ id, text }))
  return { appeared: named(decided.filter(more)), vanished: named(decided.filter((test) => !more(test))) }
}

type WindowTest = Occurrence & { readonly left?: WindowChange; readonly cameBack?: WindowChange }

/** Whether figures keep to their windows. A claim that could not be decided has no say. */
export function windowTests(
  a: ReadonlyMap<string, FigureSamples>,
  b: ReadonlyMap<string, FigureSamples>,
): WindowTest[] {
  return [...a].flatMap(([key, one]) => {
    const other = b.get(key)
    if (!other || one.bounded === 0 || other.bounded === 0) return []
    const outside = ({ outside, bounded }: FigureSamples): Occurrence['a'] => ({ count: outside, of: bounded })
    const found = occurrence(outside(one), outside(other))
    const change = (missed: FigureSamples): WindowChange => {
      const window = missed.figures.find(({ within }) => within === false)?.window
      const side = (samples: FigureSamples) => ({
        ...{ outside: samples.outside, of: samples.bounded, median: median([...samples.values]) },
      })
      return {
        ...{ id: one.claim, name: one.name, unit: one.unit, a: side(one), b: side(other) },
        ...(window && { window }),
      }
    }
    const more = other.outside / other.bounded > one.outside / one.bounded
    return [{ ...found, ...(more ? { left: change(other) } : { cameBack: change(one) }) }]
  })
}
