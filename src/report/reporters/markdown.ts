import type { ClaimRecord, RunRecord } from '../../run/record.ts'
import { evidenceFolder } from '../evidence-path.ts'
import { figureLine } from '../figure-line.ts'
import { duration } from '../quantity.ts'
import { headline, inOrder, keyFigure, reproduce, totals, VERDICT_MARK, VERDICT_WORD, worstFirst } from '../summary.ts'
import { oneLine, plainLines, plural } from '../text.ts'
import { byTopology } from './rounds.ts'

/** A run as Markdown for a merge request or a CI server's summary: what is not a pass in full, the rest in a table. */
export function renderMarkdown(run: RunRecord): string {
  const claims = inOrder(run.claims)
  const again = worstFirst(claims).filter(({ verdict }) => verdict === 'fail' || verdict === 'inconclusive')
  const findings = claims.flatMap((claim) =>
    claim.findings.map(({ text }) => `- **${inline(claim.id)}** ${inline(text)}`),
  )
  const parts = [
    `# ${VERDICT_MARK[run.verdict]} ${inline(headline(run))}`,
    inline(facts(run)),
    ...(run.interrupted ? ['**The run was interrupted: what was not reached is missing here.**'] : []),
    ...(claims.length > 0 ? [topologyTable(run, claims)] : []),
    ...again.map(section),
    ...(findings.length > 0 ? [`## ${plural(findings.length, 'finding')}`, findings.join('\n')] : []),
    ...(claims.length > 0 ? ['## Claims', claimTable(claims)] : []),
  ]
  return `${parts.join('\n\n').replaceAll('\u202f', ' ')}\n`
}

function facts(run: RunRecord): string {
  const { host } = run
  const acceleration = host.acceleration === 'kvm' ? 'KVM' : 'emulated (TCG)'
  const cores = plural(host.cores, 'core')
  return `${duration(run.durationMs)}; kernel ${run.kernel}, keepalived ${run.keepalived}, ${acceleration}, ${cores}; run ${run.id}`
}

const COLUMNS = ['pass', 'fail', 'inconclusive', 'skip'] as const

function topologyTable(run: RunRecord, claims: readonly ClaimRecord[]): string {
  const rows = [...byTopology(claims)].map(([name, own]) => {
    const sum = totals({ ...run, claims: own })
    const document = run.topologies.find((topology) => topology.name === name)?.document
    const counts = COLUMNS.map((verdict) => String(sum[verdict]))
    return [document ?? '–', name, ...counts, String(sum.findings)]
  })
  const heads = COLUMNS.map((verdict) => VERDICT_WORD[verdict])
  return table(['document', 'topology', ...heads, 'findings'], rows, [2, 3, 4, 5, 6])
}

function claimTable(claims: readonly ClaimRecord[]): string {
  const rows = claims.map((claim) => {
    const figure = keyFigure(claim)
    const time = claim.durationMs > 0 ? duration(claim.durationMs) : '–'
    const verdict = `${VERDICT_MARK[claim.verdict]} ${VERDICT_WORD[claim.verdict]}`
    return [verdict, claim.id, claim.title, figure ? figureLine(figure) : '', time]
  })
  return table(['verdict', 'claim', 'title', 'key figure', 'time'], rows, [4])
}

function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`
  const rule = `| ${head.map((_, index) => (right.includes(index) ? '--:' : '---')).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function section(claim: ClaimRecord): string {
  const broken = claim.assertions.filter(({ ok }) => !ok)
  const lines = [
    ...broken.map(({ text, detail }) => `- ✗ ${inline(text)}${detail === undefined ? '' : `: ${inline(detail)}`}`),
    ...claim.figures.map((figure) => `- ${inline(figureLine(figure))}`),
    ...evidenceLines(claim),
    `- again: ${code(oneLine(reproduce(claim)))}`,
  ]
  const title = `## ${VERDICT_MARK[claim.verdict]} ${inline(`${claim.id} ${claim.title}`)}`
  const reason = plainLines(claim.reason ?? 'no reason was recorded').trimEnd()
  const name = claim.code === undefined ? '' : `${code(oneLine(claim.code))}\n\n`
  return `${title}\n\n${name}${fenced(reason)}\n\n${lines.join('\n')}`
}

/** The folder, and by name what one opens first: a claim that failed leaves some dozens of files. */
function evidenceLines(claim: ClaimRecord): string[] {
  const folder = evidenceFolder(claim)
  if (folder === undefined) return []
  const first = claim.evidence.filter(({ kind }) => kind === 'capture' || kind === 'console')
  const files = first.map(({ path }) => code(oneLine(path))).join(', ')
  return [`- evidence: ${code(oneLine(folder))}, ${plural(claim.evidence.length, 'file')}${files && `: ${files}`}`]
}

/** A fence longer than any that the text holds, so that no guest can end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${ticks}${pad}${text}${pad}${ticks}`
}

/** Text on one line in which nothing is markup but `this`, which people write in titles and findings as code. */
function inline(text: string): string {
  return oneLine(text)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? `\`${part.replaceAll('|', '\\|')}\`` : escape(part)))
    .join('')
}

function escape(text: string): string {
  return text
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/[\\`*_[\]|~]/g, (character) => `\\${character}`)
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
