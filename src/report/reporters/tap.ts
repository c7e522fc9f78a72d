import { stringify } from 'yaml'
import type { ClaimRecord, Figure, RunRecord } from '../../run/record.ts'
import { evidenceFolder } from '../evidence-path.ts'
import { reproduce } from '../summary.ts'
import { oneLine, plainLines } from '../text.ts'
import { byTopology, namesOf } from './rounds.ts'
import type { Output, Reporter, RunStart } from './reporter.ts'

/**
 * TAP 14: a subtest per topology, a test point per claim, and in its YAML block what was measured. A subtest cannot be
 * mixed with another, so one is written when the last of its topology's claims has ended.
 *
 * TAP knows no inconclusive. `not ok` would say that the claim does not hold, `# TODO` that somebody expects it to fail;
 * `ok # SKIP` says that this point decides nothing, which is so. The reason begins with "inconclusive", and the exit code
 * of `lvslab run` (6) says it too.
 */
export class TapReporter implements Reporter {
  readonly #out: Output
  readonly #expected = new Map<string, number>()
  readonly #waiting = new Map<string, ClaimRecord[]>()
  #points = 0

  constructor(out: Output) {
    this.#out = out
  }

  runStarted({ topologies }: RunStart): void {
    for (const { name, claims } of topologies) this.#expected.set(name, claims)
    this.#out.write('TAP version 14\n')
  }

  claimEnded(claim: ClaimRecord): void {
    const claims = [...(this.#waiting.get(claim.topology) ?? []), claim]
    this.#waiting.set(claim.topology, claims)
    if (claims.length === this.#expected.get(claim.topology)) this.#subtest(claim.topology)
  }

  async runEnded(run: RunRecord): Promise<void> {
    for (const name of byTopology(run.claims).keys()) this.#subtest(name)
    // After a plan nothing counts any more; without one the stream is known not to be whole.
    if (run.interrupted) this.#out.write('Bail out! the run was interrupted: what was not reached is missing\n')
    else this.#out.write(`1..${this.#points}${this.#points === 0 ? ' # SKIP no claim was run' : ''}\n`)
    await this.#out.close()
  }

  #subtest(topology: string): void {
    const claims = this.#waiting.get(topology)
    if (!claims) return
    this.#waiting.delete(topology)
    const names = namesOf(claims)
    const points = claims.map((claim, index) => point(claim, index + 1, names[index] ?? claim.id)).join('')
    const ok = claims.every(({ verdict }) => verdict !== 'fail')
    const name = escape(topology)
    const body = `${points}1..${claims.length}\n`.replace(/^(?=.)/gm, '    ')
    this.#out.write(`# Subtest: ${name}\n${body}${ok ? 'ok' : 'not ok'} ${++this.#points} - ${name}\n`)
  }
}

function point(claim: ClaimRecord, number: number, name: string): string {
  const { verdict, reason } = claim
  const head = `${verdict === 'fail' ? 'not ok' : 'ok'} ${number} - ${escape(name)}`
  const undecided = verdict === 'inconclusive' ? `inconclusive: ${reason ?? 'no reason was recorded'}` : (reason ?? '')
  const skip = verdict === 'skip' || verdict === 'inconclusive' ? ` # SKIP ${escape(undecided)}`.trimEnd() : ''
  const yaml = stringify(diagnostics(claim), { lineWidth: 0 }).replace(/^(?=.)/gm, '  ')
  return `${head}${skip}\n  ---\n${yaml}  ...\n`
}

/** A description must not begin a directive, nor end its line. */
function escape(text: string): string {
  return oneLine(text).replace(/[\\#]/g, (character) => `\\${character}`)
}

function diagnostics(claim: ClaimRecord): Record<string, unknown> {
  const { id, verdict, reason, code, errorKind, negative, attempt, source } = claim
  const folder = evidenceFolder(claim)
  const broken = claim.assertions.filter(({ ok }) => !ok)
  const all = {
    id,
    verdict,
    reason: reason && plainLines(reason),
    code,
    errorKind,
    negative: negative || undefined,
    attempt: attempt > 1 ? attempt : undefined,
    at: source && { file: source.file, line: source.line },
    duration_ms: claim.durationMs,
    figures: listed(claim.figures.map(figure)),
    broken: listed(broken.map(({ text, detail }) => plainLines(detail === undefined ? text : `${text}: ${detail}`))),
    findings: listed(claim.findings.map(({ text }) => plainLines(text))),
    evidence_folder: verdict === 'pass' || folder === undefined ? undefined : plainLines(folder),
    evidence: verdict === 'pass' ? undefined : listed(claim.evidence.map(({ path }) => plainLines(path))),
    again: oneLine(reproduce(claim)),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function listed<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}

function figure({ name, value, unit, window, within, note }: Figure): Record<string, unknown> {
  const all = {
    name: oneLine(name),
    value,
    unit,
    min: window?.min,
    max: window?.max,
    within,
    formula: window && oneLine(window.formula),
    source: window && oneLine(window.source),
    note: note === undefined ? undefined : oneLine(note),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
