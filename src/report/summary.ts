import type { ClaimRecord, Figure, RunRecord, Verdict } from '../run/record.ts'
import { shellWord } from '../shell-word.ts'
import { standing } from './quantity.ts'
import { plural } from './text.ts'

/** What needs a reader's attention first. */
export const VERDICTS = ['fail', 'inconclusive', 'skip', 'pass'] as const satisfies readonly Verdict[]

/** A mark and a word, so that a verdict is never told by colour alone. */
export const VERDICT_MARK: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', inconclusive: '?', skip: '–' }
export const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'fail',
  inconclusive: 'inconclusive',
  skip: 'skipped',
}

/** What several verdicts amount to: a failure is the worst; skipped is only what was all skipped. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return (['fail', 'inconclusive', 'pass'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'skip'
}

export interface Totals extends Readonly<Record<Verdict, number>> {
  readonly claims: number
  readonly findings: number
  /** Sum over the claims, ms: more than the wall time when claims ran side by side. */
  readonly claimsMs: number
  /** Sum over the claims, ms: what no faster machine would shorten. */
  readonly protocolWaitMs: number
}

export function totals(run: RunRecord): Totals {
  const count = (verdict: Verdict) => run.claims.filter((claim) => claim.verdict === verdict).length
  const sum = (of: (claim: ClaimRecord) => number) => run.claims.reduce((all, claim) => all + of(claim), 0)
  return {
    claims: run.claims.length,
    pass: count('pass'),
    fail: count('fail'),
    inconclusive: count('inconclusive'),
    skip: count('skip'),
    findings: sum((claim) => claim.findings.length),
    claimsMs: sum((claim) => claim.durationMs),
    protocolWaitMs: sum((claim) => claim.protocolWaitMs ?? 0),
  }
}

/** The run in one sentence: "10 of 13 claims hold, 1 fails, 1 is inconclusive, 1 was skipped". */
export function headline(run: RunRecord): string {
  const { claims, pass, fail, inconclusive, skip } = totals(run)
  if (claims === 0) return run.interrupted ? 'Interrupted before any claim was run' : 'No claim was run'
  const all = pass === 1 ? 'The one claim holds' : `All ${pass} claims hold`
  const some = `${pass} of ${plural(claims, 'claim')} ${pass === 1 ? 'holds' : 'hold'}`
  const parts = [pass === claims ? all : some]
  if (fail > 0) parts.push(`${fail} ${fail === 1 ? 'fails' : 'fail'}`)
  if (inconclusive > 0) parts.push(`${inconclusive} ${inconclusive === 1 ? 'is' : 'are'} inconclusive`)
  if (skip > 0) parts.push(`${skip} ${skip === 1 ? 'was' : 'were'} skipped`)
  return parts.join(', ')
}

/** The claims by the number in their ids: 004-2 before 004-10. */
export function inOrder(claims: readonly ClaimRecord[]): ClaimRecord[] {
  return claims.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
}

/** The same with what is not a pass first. */
export function worstFirst(claims: readonly ClaimRecord[]): ClaimRecord[] {
  return inOrder(claims).toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
}

/** The figure that stands for a claim in one line: the first that missed its window, else the first that has one. */
export function keyFigure(claim: ClaimRecord): Figure | undefined {
  const bounded = claim.figures.filter((figure) => figure.window !== undefined)
  return bounded.find((figure) => standing(figure) !== 'inside') ?? bounded[0] ?? claim.figures[0]
}

/** What a run was asked for and a claim must be asked for again, to be the same. */
const REPEATED = ['--kernel', '--keepalived', '--engine']

/**
 * The line that runs a claim again; what has shell characters in it is quoted.
 * @param command - the run's own: the kernel that it asked for, and cold boots, are asked for again
 */
export function reproduce(claim: Pick<ClaimRecord, 'id'>, command: readonly string[] = []): string {
  const options = command.flatMap((word, index) => {
    const [name = '', value] = word.split('=', 2)
    if (word === '--cold') return [word]
    if (!REPEATED.includes(name)) return []
    return value === undefined ? [word, command[index + 1] ?? ''] : [word]
  })
  return ['npx lvslab run', ...[claim.id, ...options].map(shellWord)].join(' ')
}

/** Why a claim did not pass, with the code of the error where one ended it; undefined where no reason was recorded. */
export function whyNot({ code, reason }: Pick<ClaimRecord, 'code' | 'reason'>): string | undefined {
  return code === undefined || reason === undefined ? (code ?? reason) : `${code}: ${reason}`
}
