import { html, type Markup } from '../report/html/markup.ts'
import { pageShell } from '../report/html/shell.ts'
import { worstVerdict } from '../report/index.ts'
import { cellFolder } from './run-cell.ts'
import type { CellClaim, CellRecord, NightRecord } from './night.ts'

const OWN_STYLE = `
.matrix { border-collapse: collapse; width: 100%; } .matrix th, .matrix td { padding: 6px 10px; text-align: left;
  border: 1px solid var(--line); vertical-align: top; } .matrix-scroll { overflow-x: auto; }
.matrix td.is-pass { background: color-mix(in srgb, var(--pass) 14%, transparent); }
.matrix td.is-fail { background: color-mix(in srgb, var(--fail) 18%, transparent); }
.matrix td.is-inconclusive { background: color-mix(in srgb, var(--inconclusive) 16%, transparent); }
.matrix .changed { font-weight: 650; } .spark { width: 96px; height: 20px; vertical-align: middle; }
.spark polyline { fill: none; stroke: currentColor; stroke-width: 1.5; }`

/** A night as one page: kernels by keepaliveds, figures across them, what changed, and the trend over earlier nights. */
export function renderNight(
  night: NightRecord,
  before: NightRecord | undefined,
  earlier: readonly NightRecord[],
): string {
  const title = `Night of ${night.startedAt.slice(0, 10)}`
  const body = html`
    <div class="page">
      <header>
        <h1>${title}</h1>
        <p class="muted">
          ${night.cells.filter(({ state }) => state === 'done').length} of ${night.cells.length} cells have run, in
          ${Math.round(night.durationMs / 60_000)} min; claims:
          ${night.selection.length === 0 ? 'all' : night.selection.join(', ')}; each ${night.repeat} ×.
        </p>
      </header>
      <main>${changes(night, before)} ${matrix(night)} ${figures(night, earlier)}</main>
      <footer class="page-foot muted">
        Made from <a href="./nightly.json">nightly.json</a> (${night.schema}) by lvslab ${night.lvslab}. A verdict that
        turned inconclusive is a busy machine's, not the cluster's.
      </footer>
    </div>
  `
  return pageShell({ title, generator: night.lvslab, body, style: OWN_STYLE })
}

function changes(night: NightRecord, before: NightRecord | undefined): Markup {
  const { worse, better, known, expired } = night
  const against =
    before === undefined ? 'There is no night before this one.' : `Against ${before.startedAt.slice(0, 10)}.`
  const quiet = worse.length === 0 && better.length === 0 && before !== undefined
  return html`<section class="card">
    <h2>What changed</h2>
    <p class="muted">${against}${quiet && ' Nothing is worse, nothing is better.'}</p>
    <ul>
      ${worse.map(
        (one) =>
          html`<li>
            <strong>worse</strong>: ${one.claim}, ${one.from} → ${one.to},
            <code>${one.cell}</code>${one.known !== undefined && ` (known: ${one.known})`}
          </li>`,
      )}
      ${better.map((one) => html`<li>better: ${one.claim}, ${one.from} → ${one.to}, <code>${one.cell}</code></li>`)}
      ${known.map((one) => html`<li>known: ${one.claim} in <code>${one.cell}</code>: ${one.reason}</li>`)}
      ${expired.map((one) => html`<li><strong>no longer excused</strong>: ${one}</li>`)}
    </ul>
  </section>`
}

function matrix(night: NightRecord): Markup {
  const kernels = [...new Set(night.cells.map(({ kernelName }) => kernelName))]
  const keepaliveds = [...new Set(night.cells.map(({ keepalivedName }) => keepalivedName))]
  const at = (kernel: string, keepalived: string): CellRecord | undefined =>
    night.cells.find((cell) => cell.kernelName === kernel && cell.keepalivedName === keepalived)
  const head = [
    html`<th scope="col">kernel</th>`,
    ...keepaliveds.map((name) => html`<th scope="col">keepalived ${name}</th>`),
  ]
  const rows = kernels.map(
    (kernel) =>
      html`<tr>
        <th scope="row">${kernel}</th>
        ${keepaliveds.map((keepalived) => cellOf(at(kernel, keepalived)))}
      </tr>`,
  )
  return tableCard('Kernels by keepaliveds', head, rows)
}

/** A table that may be wider than the page, and then scrolls by itself. */
function tableCard(title: string, head: readonly Markup[], rows: readonly Markup[]): Markup {
  return html`<section class="card">
    <h2>${title}</h2>
    <div class="matrix-scroll" tabindex="0" role="region" aria-label="${title}">
      <table class="matrix">
        <thead>
          <tr>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`
}

function cellOf(cell: CellRecord | undefined): Markup {
  if (cell === undefined) return html`<td class="muted">–</td>`
  if (cell.state === 'planned') return html`<td class="muted">not yet</td>`
  const report = `./${cellFolder('', cell.id)}/report.html`
  if (cell.state === 'broken') return html`<td class="is-fail">broken: ${(cell.reason ?? '').split('\n')[0]}</td>`
  const count = (verdict: CellClaim['verdict']): number => cell.claims.filter((one) => one.verdict === verdict).length
  const worst = worstVerdict(cell.claims.map(({ verdict }) => verdict))
  const parts = (['pass', 'fail', 'inconclusive', 'skip'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`)
  const bad = cell.claims.filter(({ verdict }) => verdict === 'fail')
  return html`<td class="is-${worst}">
    <a href="${report}">${parts.join(', ')}</a>
    ${bad.length > 0 && html`<br />${bad.map(({ id }) => id).join(', ')}`}
  </td>`
}

/** Each figure of each claim in every cell; one that left its window, or is there in only some, stands out. */
function figures(night: NightRecord, earlier: readonly NightRecord[]): Markup {
  const done = night.cells.filter(({ state }) => state === 'done')
  const keys = [
    ...new Set(
      done.flatMap(({ claims }) => claims.flatMap(({ id, figures: all }) => all.map(({ name }) => `${id}\n${name}`))),
    ),
  ].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const head = [
    html`<th scope="col">claim</th>`,
    html`<th scope="col">figure</th>`,
    ...done.map((cell) => html`<th scope="col">${cell.kernelName}<br />${cell.keepalivedName}</th>`),
  ]
  const rows = keys.map((key) => {
    const [id = '', name = ''] = key.split('\n')
    return html`<tr>
      <th scope="row">${id}</th>
      <td>${name}</td>
      ${done.map((cell) => figureCell(cell, id, name, earlier))}
    </tr>`
  })
  return tableCard('Figures across versions', head, rows)
}

function figureCell(cell: CellRecord, id: string, name: string, earlier: readonly NightRecord[]): Markup {
  const figure = figureIn(cell, id, name)
  if (figure === undefined) return html`<td class="muted">–</td>`
  const nights = earlier.flatMap(({ cells }) => {
    const same = cells.find((one) => one.id === cell.id)
    const value = same && figureIn(same, id, name)?.value
    return value === undefined ? [] : [value]
  })
  const text = `${Number(figure.value.toPrecision(4))} ${figure.unit}`
  return html`<td class="${figure.within === false ? 'is-fail changed' : ''}">
    ${text}${nights.length > 0 && spark([...nights, figure.value], `${nights.length} earlier nights`)}
  </td>`
}

function figureIn(cell: CellRecord, id: string, name: string): CellClaim['figures'][number] | undefined {
  return cell.claims.find((claim) => claim.id === id)?.figures.find((figure) => figure.name === name)
}

/** The trend over the nights, the newest at the right. */
function spark(values: readonly number[], label: string): Markup {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * 92 + 2
    const y = high === low ? 10 : 18 - ((value - low) / (high - low)) * 16
    return `${x.toFixed(1)},${y.toFixed(1)}`
  })
  const title = `${label}: ${low.toPrecision(4)} to ${high.toPrecision(4)}`
  return html`<svg class="spark" viewBox="0 0 96 20" role="img" aria-label="${title}">
    <polyline points="${points.join(' ')}" />
  </svg>`
}
