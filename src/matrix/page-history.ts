import { relative } from 'node:path'
import { html, type Markup } from '../report/html/markup.ts'
import { VERDICT_MARK, worstVerdict } from '../report/summary.ts'
import { kernelNames, keepalivedNames } from './figure-changes.ts'
import type { History } from './history.ts'
import type { CellRecord, NightRecord } from './night.ts'
import { tableCard, trendLine } from './page-table.ts'

/** Nights side by side that a page still shows well; trends look at all that are kept. */
const SHOWN = 14

/** Cells down, nights across, the newest at the right; below, how many claims failed in each. */
export function historySection(night: NightRecord, history: History, outDir: string): Markup | undefined {
  const nights = history.nights.slice(-SHOWN)
  if (nights.length === 0) return undefined
  const title = 'Earlier nights'
  const day = (startedAt: string): string => startedAt.slice(5, 10)
  const heads = nights.map(
    ({ folder, night: { startedAt } }) =>
      html`<th scope="col">
        <a href="${relative(outDir, folder)}/nightly.html" title="${startedAt}">${day(startedAt)}</a>
      </th>`,
  )
  const rows = inAxes(night).map((cell) => {
    const earlier = new Map(history.of(cell).map((one) => [one.startedAt, one.cell]))
    const failing = [...history.of(cell)].reverse().map((one) => failedIn(one.cell))
    return html`<tr>
      <th scope="row">${cell.kernelName}<br /><span class="muted">${cell.keepalivedName}</span></th>
      ${nights.map(({ night: { startedAt } }) => standing(earlier.get(startedAt), cell))} ${standing(cell, cell)}
      <td>${trendOf([...failing, failedIn(cell)], 'claims that failed, by night')}</td>
    </tr>`
  })
  const all = [...history.nights.map((one) => one.night), night].map(({ cells }) =>
    cells.reduce((sum, cell) => sum + failedIn(cell), 0),
  )
  const table = html`<table class="history">
    <thead>
      <tr>
        <th scope="col">kernel, keepalived</th>
        ${heads}
        <th scope="col">tonight</th>
        <th scope="col">failed claims</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">claims that failed</th>
        ${all.slice(-nights.length - 1).map((count) => html`<td>${count}</td>`)}
        <td>${trendOf(all, 'claims that failed in all cells, by night')}</td>
      </tr>
    </tfoot>
  </table>`
  return html`<section>
    <h2>${title}</h2>
    <p class="muted">
      ✓ all held, ✗ so many claims failed, ? inconclusive, ⚠ no result; ↻ other versions than tonight.
    </p>
    ${tableCard(title, table)}
  </section>`
}

function inAxes(night: NightRecord): CellRecord[] {
  const [kernels, keepaliveds] = [kernelNames(night), keepalivedNames(night)]
  const at = ({ kernelName, keepalivedName }: CellRecord): number =>
    kernels.indexOf(kernelName) * keepaliveds.length + keepaliveds.indexOf(keepalivedName)
  return night.cells.toSorted((a, b) => at(a) - at(b))
}

/** A line that never leaves its place says no more than its number. */
function trendOf(values: readonly number[], label: string): Markup {
  const same = values.every((value) => value === values[0])
  return same ? html`<span class="muted">always ${values[0] ?? 0}</span>` : trendLine(values, label)
}

function failedIn({ claims }: CellRecord): number {
  return claims.filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === undefined).length
}

function standing(cell: CellRecord | undefined, tonight: CellRecord): Markup {
  if (cell === undefined || cell.state === 'planned') return html`<td class="muted">·</td>`
  const other = cell.id === tonight.id ? '' : ' ↻'
  const versions = `${cell.kernelName}, ${cell.keepalivedName}`
  if (cell.state === 'broken') return html`<td class="is-broken" title="${versions}: no result">⚠${other}</td>`
  const judged = cell.claims.filter(({ errorKind }) => errorKind === undefined)
  const worst = judged.length === 0 ? 'skip' : worstVerdict(judged.map(({ verdict }) => verdict))
  const failed = failedIn(cell)
  return html`<td class="is-${worst}" title="${versions}: ${failed === 0 ? worst : `${failed} failed`}">
    ${VERDICT_MARK[worst]}${failed > 0 && ` ${failed}`}${other}
  </td>`
}
