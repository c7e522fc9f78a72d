import { appendFile, stat } from 'node:fs/promises'
import type { ClaimRecord, RunRecord } from '../../run/record.ts'
import { evidenceFolder } from '../evidence-path.ts'
import { inOrder, reproduce, whyNot, worstFirst } from '../summary.ts'
import { oneLine, plainLines, shorten } from '../text.ts'
import { renderMarkdown } from './markdown.ts'
import type { Output, Reporter } from './reporter.ts'

/** A step's summary may have 1 MiB; GitHub drops the whole of one that has more. */
const SUMMARY_BYTES = 1024 * 1024

/** GitHub shows ten errors and ten warnings of a step; what is not shown there is in the summary. */
const LONGEST_MESSAGE = 4000

/**
 * Annotations by workflow commands, and the Markdown summary in the file that `GITHUB_STEP_SUMMARY` names. Failed claims
 * are errors, inconclusive ones warnings, findings notices.
 */
export class GithubReporter implements Reporter {
  readonly #out: Output
  readonly #summary: string | undefined

  constructor(out: Output, summary: string | undefined) {
    this.#out = out
    this.#summary = summary
  }

  async runEnded(run: RunRecord): Promise<void> {
    for (const claim of worstFirst(run.claims)) {
      if (claim.verdict === 'fail') this.#out.write(annotation('error', claim, 'fails', messageOf(claim)))
      if (claim.verdict === 'inconclusive')
        this.#out.write(annotation('warning', claim, 'is inconclusive', messageOf(claim)))
    }
    for (const claim of inOrder(run.claims)) {
      for (const { text, evidence } of claim.findings) {
        const message = evidence === undefined ? text : `${text}\n${evidence}`
        this.#out.write(annotation('notice', claim, 'met a finding', message))
      }
    }
    await this.#out.close()
    if (this.#summary !== undefined && this.#summary !== '') await appendSummary(this.#summary, renderMarkdown(run))
  }
}

/** Steps share nothing, but a step may run lvslab several times: what is there stays, and what has no room is cut. */
async function appendSummary(path: string, markdown: string): Promise<void> {
  const there = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  const room = SUMMARY_BYTES - there
  const bytes = Buffer.from(markdown)
  const note = '\n\n(cut: a step summary has 1 MiB; the rest is in summary.md)\n'
  if (bytes.length <= room) return appendFile(path, bytes)
  if (room <= note.length) return
  const cut = bytes.subarray(0, room - note.length).toString()
  await appendFile(path, `${cut.slice(0, cut.lastIndexOf('\n'))}${note}`)
}

function messageOf(claim: ClaimRecord): string {
  const folder = evidenceFolder(claim)
  const evidence = folder === undefined ? '' : `\nevidence: ${folder}`
  return `${whyNot(claim) ?? 'no reason was recorded'}${evidence}\nagain: ${reproduce(claim)}`
}

function annotation(level: 'error' | 'warning' | 'notice', claim: ClaimRecord, what: string, message: string): string {
  const { file, line } = claim.source ?? { file: `topologies/${claim.topology}/topology.yaml`, line: undefined }
  const properties = [
    `file=${property(file)}`,
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${property(oneLine(`${claim.id} ${what}: ${claim.title}`))}`,
  ]
  return `::${level} ${properties.join(',')}::${data(shorten(plainLines(message), LONGEST_MESSAGE))}\n`
}

/** What GitHub's runner turns back: its own escapes, of which "%" must come first. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
