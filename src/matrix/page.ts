import { relative } from 'node:path'
import { html, type Markup } from '../report/html/markup.ts'
import { pageShell } from '../report/html/shell.ts'
import { VERDICT_MARK, worstVerdict } from '../report/summary.ts'
import { figureChanges, kernelNames, keepalivedNames } from './figure-changes.ts'
import type { History } from './history.ts'
import { changeText } from './judge.ts'
import { folderOf, type CellClaim, type CellRecord, type NightRecord } from './night.ts'
import { figuresSection } from './page-figures.ts'
import { historySection } from './page-history.ts'
import { matrixTable, tableCard } from './page-table.ts'
import { NIGHT_STYLE } from './page-style.ts'

/**
 * A night as one page: kernels by keepaliveds, what changed, figures across versions, and earlier nights.
 *
 * @param outDir - where the page will be: links to earlier nights are from there
 */
export function renderNight(night: NightRecord, history: History, outDir: string): string {
  const title = `Night of ${night.startedAt.slice(0, 10)}${shardText(night)}`
  const done = night.cells.filter(({ state }) => state !== 'planned').length
  const body = html`
    <div class="page night">
      <header>
        <h1>${title}</h1>
        <p class="muted">
          ${done} of ${night.cells.length} cells have run, in ${minutes(night.durationMs)}. Claims:
          ${night.selection.length === 0 ? 'all' : night.selection.join(', ')}${night.grep && ` with "${night.grep}"`},
          each ${night.repeat === 1 ? 'once' : `${night.repeat} times`}.
        </p>
      </header>
      <main>
        ${matrixSection(night)} ${changesSection(night, history, outDir)}
        ${figuresSection(night, figureChanges(night, history))} ${historySection(night, history, outDir)}
        ${imagesSection(night)}
      </main>
      <footer class="page-foot muted">
        Made from <a href="./nightly.json">nightly.json</a> (${night.schema}) by lvslab ${night.lvslab}. A verdict that
        turned inconclusive is a busy machine's, not the cluster's.
      </footer>
    </div>
  `
  return pageShell({ title, generator: night.lvslab, body, style: NIGHT_STYLE })
}

function shardText({ shard, parts }: NightRecord): string {
  if (shard) return `, shard ${shard.index} of ${shard.count}`
  return parts === undefined ? '' : `, of ${parts.length} shards`
}

export function minutes(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}

function changesSection(night: NightRecord, history: History, outDir: string): Markup {
  const { worse, better, known, expired, needless = [] } = night
  const { last } = history
  const news = worse.filter((one) => one.known === undefined).length
  const count = (all: number, one: string): string => `${all === 0 ? 'Nothing' : all} ${one}`
  const lines = [
    ...worse.map(
      (one) =>
        html`<li>${tag(one.known === undefined ? 'fail' : 'skip', 'worse')} ${changeText(one)}${inCell(one)}</li>`,
    ),
    ...better.map((one) => html`<li>${tag('pass', 'better')} ${changeText(one)}${inCell(one)}</li>`),
    ...known.map((one) => html`<li>${tag('skip', 'known')} ${one.claim}: ${one.reason}${inCell(one)}</li>`),
    ...expired.map((one) => html`<li>${tag('inconclusive', 'no longer excused')} ${one}</li>`),
    ...needless.map((one) => html`<li>${tag('skip', 'can be struck off')} passes although known: ${one}</li>`),
  ]
  return html`<section>
    <h2>What changed</h2>
    <div class="card">
      <p>
        ${count(news, 'got worse')},
        ${count(better.length, 'got better').toLowerCase()}${
          last === undefined
            ? `. There is no night before this one${news === 0 ? '' : ': each failure is seen for the first time'}.`
            : html` since
                <a href="${link(outDir, last.folder, 'nightly.html')}">${last.night.startedAt.slice(0, 10)}</a>.`
        }
      </p>
      ${
        lines.length > 0 &&
        html`<ul class="changes">
          ${lines}
        </ul>`
      }
    </div>
  </section>`
}

function tag(kind: string, text: string): Markup {
  return html`<span class="chip ${kind}">${text}</span>`
}

function inCell({ cell }: { readonly cell: string }): Markup {
  return html` <code class="cell-id">${cell}</code>`
}

/** A link from the night's page to something in another night's folder. */
export function link(outDir: string, folder: string, file: string): string {
  return `${relative(outDir, folder) || '.'}/${file}`
}

function matrixSection(night: NightRecord): Markup {
  const title = 'Kernels by keepaliveds'
  const at = (kernel: string, keepalived: string): CellRecord | undefined =>
    night.cells.find((cell) => cell.kernelName === kernel && cell.keepalivedName === keepalived)
  const table = matrixTable({
    rows: kernelNames(night),
    columns: keepalivedNames(night),
    cell: (kernel, keepalived) => cellOf(at(kernel, keepalived), night),
  })
  return html`<section>
    <h2>${title}</h2>
    ${tableCard(title, table)}
  </section>`
}

function cellOf(cell: CellRecord | undefined, night: NightRecord): Markup {
  if (cell === undefined) return html`<td class="muted">not in this ${night.shard ? 'shard' : 'night'}</td>`
  if (cell.state === 'planned') return html`<td class="muted">not yet</td>`
  const folder = folderOf(cell)
  if (cell.state === 'broken') {
    const log = night.images?.find((image) => image.log !== undefined && cell.reason?.includes(image.log))?.log
    return html`<td class="is-broken">
      <a href="./${log ?? `${folder}/${cell.release === undefined ? 'run.log' : 'report.html'}`}">⚠ no result</a>
      <span class="detail">${(cell.reason ?? '').split('\n')[0]?.slice(0, 160)}</span>
    </td>`
  }
  const isHarness = ({ errorKind }: CellClaim): boolean => errorKind !== undefined
  const judged = cell.claims.filter((claim) => !isHarness(claim))
  const worst = judged.length === 0 ? 'skip' : worstVerdict(judged.map(({ verdict }) => verdict))
  const parts = (['fail', 'inconclusive', 'pass', 'skip'] as const).flatMap((verdict) => {
    const count = judged.filter((one) => one.verdict === verdict).length
    return count === 0 ? [] : [`${count} ${verdict === 'skip' ? 'skipped' : verdict}`]
  })
  const about = (list: readonly { readonly cell: string; readonly claim: string }[], claim: string): boolean =>
    list.some((one) => one.cell === cell.id && one.claim === claim)
  const shown = cell.claims.filter((claim) => isHarness(claim) || claim.verdict !== 'pass')
  return html`<td class="is-${worst}">
    <a href="./${folder}/report.html">${VERDICT_MARK[worst]} ${parts.join(', ') || 'no verdict'}</a>
    ${shown.map((claim) => {
      const news = about(
        night.worse.filter(({ known }) => known === undefined),
        claim.id,
      )
      const aside = [
        ...(isHarness(claim) ? [`${claim.errorKind ?? ''} error`] : claim.verdict === 'fail' ? [] : [claim.verdict]),
        ...(news ? ['worse'] : about(night.known, claim.id) ? ['known'] : []),
      ]
      return html`<span class="detail"
        >${claim.verdict === 'fail' && !isHarness(claim) ? html`<b>${claim.id}</b>` : claim.id}${
          aside.length > 0 && ` ${aside.join(', ')}`
        }</span
      >`
    })}
    ${cell.durationMs !== undefined && html`<span class="detail">${minutes(cell.durationMs)}</span>`}
  </td>`
}

function imagesSection({ images = [] }: NightRecord): Markup | undefined {
  const made = images.filter(({ state }) => state !== 'cached')
  if (made.length === 0) return undefined
  return html`<section>
    <h2>Images built meanwhile</h2>
    <div class="card">
      <ul class="changes">
        ${made.map(
          ({ kind, name, state, durationMs, log }) =>
            html`<li>
              ${tag(state === 'failed' ? 'fail' : 'pass', state)} ${kind} ${name}, in
              ${minutes(durationMs)}${log !== undefined && html`: <a href="./${log}">log</a>`}
            </li>`,
        )}
      </ul>
    </div>
  </section>`
}
