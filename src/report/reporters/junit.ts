import type { ClaimRecord, RunRecord } from '../../run/record.ts'
import { evidenceFolder } from '../evidence-path.ts'
import { figureLine, figureParts } from '../figure-line.ts'
import { madeOf } from '../made-of.ts'
import { headline, inOrder, reproduce } from '../summary.ts'
import { oneLine, plainLines, shorten } from '../text.ts'
import { attachments, type EvidencePlace } from './attachments.ts'
import { byTopology, namesOf } from './rounds.ts'
import { element, xmlText } from './xml.ts'

/**
 * JUnit XML as Jenkins and GitLab read it: a test suite per topology, a test case per claim record.
 *
 * - a claim that does not hold is a `<failure>`; one that something else ended (infrastructure, usage, a prerequisite) is
 *   an `<error>`, for it says nothing about the cluster;
 * - a skipped claim is `<skipped>`, and so is an inconclusive one, with a message that begins with "inconclusive". Both
 *   Jenkins and GitLab count errors among what failed, and an inconclusive claim has not failed; neither has it passed, so
 *   a bare test case would lie as well. `lvslab run` ends with exit code 6;
 * - figures, windows and findings are properties of the suite, named with the claim's id: the schema that Jenkins' xUnit
 *   plug-in checks against has no properties in a test case.
 */
export function renderJunit(run: RunRecord, place: EvidencePlace): string {
  const groups = byTopology(inOrder(run.claims))
  const names = new Set([...run.topologies.map(({ name }) => name), ...groups.keys()])
  const suites = [...names].map((name, index) => suite(run, name, groups.get(name) ?? [], index, place))
  const { tests, failures, errors } = counts(run.claims)
  const root = { name: `lvslab: ${headline(run)}`, tests, failures, errors, time: seconds(run.durationMs) }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', root, `\n${suites.join('\n')}\n`)}\n`
}

type Counts = Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>>

function counts(claims: readonly ClaimRecord[]): Counts {
  const outcomes = claims.map(outcomeOf)
  const count = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length
  return { tests: claims.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

type Outcome = 'failure' | 'error' | 'skipped' | 'passed'

function outcomeOf({ verdict, errorKind }: ClaimRecord): Outcome {
  if (verdict === 'pass') return 'passed'
  if (verdict !== 'fail') return 'skipped'
  return errorKind === undefined || errorKind === 'assertion' ? 'failure' : 'error'
}

/** Without exponent or grouping, which the schema refuses. */
function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3)
}

function suite(run: RunRecord, name: string, claims: readonly ClaimRecord[], id: number, place: EvidencePlace): string {
  const names = namesOf(claims)
  const attributes = {
    name,
    id,
    package: 'lvslab',
    ...counts(claims),
    time: seconds(claims.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    timestamp: run.startedAt.replace(/(\.\d+)?Z$/, ''),
  }
  const cases = claims.map((claim, index) => testCase(claim, names[index] ?? claim.id, place))
  const content = [element('properties', {}, `\n${properties(run, claims).join('\n')}\n`), ...cases]
  return element('testsuite', attributes, `\n${content.join('\n')}\n`)
}

function properties(run: RunRecord, claims: readonly ClaimRecord[]): string[] {
  const property = (name: string, value: string): string => element('property', { name, value })
  const inconclusive = claims.filter(({ verdict }) => verdict === 'inconclusive').length
  const own: (readonly [string, string])[] = [
    ['run', run.id],
    ['kernel', run.kernel],
    ['keepalived', run.keepalived],
    ['acceleration', run.host.acceleration],
    ['inconclusive', String(inconclusive)],
  ]
  return [
    ...own.map(([name, value]) => property(name, value)),
    ...claims.flatMap((claim) => [
      property(`${claim.id} verdict`, claim.verdict),
      ...[madeOf(claim, run) ?? []].flat().map((text) => property(`${claim.id} made of`, oneLine(text))),
      ...claim.figures.map((figure) => {
        const { value, verdict } = figureParts(figure)
        const { formula, source } = figure.window ?? {}
        const why = [formula, source].filter((part) => part !== undefined && part !== '').map((part) => oneLine(part!))
        const text = [value, verdict, why.length === 0 ? undefined : `(${why.join('; ')})`]
        return property(`${claim.id} ${oneLine(figure.name)}`, text.filter((part) => part !== undefined).join(' '))
      }),
      ...claim.findings.map(({ text }, index) => property(`${claim.id} finding ${index + 1}`, oneLine(text))),
    ]),
  ]
}

const LONGEST_MESSAGE = 400

function testCase(claim: ClaimRecord, name: string, place: EvidencePlace): string {
  const outcome = outcomeOf(claim)
  const attributes = { name: oneLine(name), classname: `lvslab.${claim.topology}`, time: seconds(claim.durationMs) }
  const reason = claim.reason ?? 'no reason was recorded'
  const message = shorten(
    oneLine(`${claim.verdict === 'inconclusive' ? 'inconclusive: ' : ''}${reason}`),
    LONGEST_MESSAGE,
  )
  const type = claim.code ?? (claim.verdict === 'fail' ? 'assertion' : claim.verdict)
  const result = outcome === 'passed' ? [] : [element(outcome, { message, type }, xmlText(body(claim, outcome)))]
  const out = element('system-out', {}, xmlText(systemOut(claim, place)))
  return element('testcase', attributes, `\n${[...result, out].join('\n')}\n`)
}

/** GitLab shows the text and not the message, Jenkins both. */
function body(claim: ClaimRecord, outcome: Outcome): string {
  const reason = plainLines(claim.reason ?? 'no reason was recorded')
  if (claim.verdict === 'inconclusive') return [`inconclusive: ${reason}`, ...evidenceLines(claim)].join('\n')
  if (outcome === 'skipped') return reason
  const broken = claim.assertions.filter(({ ok }) => !ok)
  const lines = broken.map(
    ({ text, detail }) => `✗ ${oneLine(text)}${detail === undefined ? '' : `: ${oneLine(detail)}`}`,
  )
  const where = claim.source === undefined ? [] : [`at ${claim.source.file}:${claim.source.line}`]
  return [reason, ...lines, ...where, ...evidenceLines(claim), `again: ${reproduce(claim)}`].join('\n')
}

function evidenceLines(claim: ClaimRecord): string[] {
  const folder = evidenceFolder(claim)
  return folder === undefined ? [] : [`evidence: ${oneLine(folder)}`]
}

function systemOut(claim: ClaimRecord, place: EvidencePlace): string {
  return [
    `verdict: ${claim.verdict}`,
    ...claim.figures.map((figure) => `figure: ${figureLine(figure)}`),
    ...claim.findings.map(({ text }) => `finding: ${oneLine(text)}`),
    ...claim.evidence.map(({ label, path }) => `evidence: ${oneLine(label)} ${oneLine(path)}`),
    `again: ${reproduce(claim)}`,
    // Whole captures of claims that passed would only fill the CI server's disk.
    ...(claim.verdict === 'fail' || claim.verdict === 'inconclusive' ? attachments(claim, place) : []),
    '',
  ].join('\n')
}
