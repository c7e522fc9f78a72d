import { html, type Markup } from '../report/html/markup.ts'
import {
  kernelNames,
  keepalivedNames,
  type FigureChanges,
  type FigureInCell,
  type FigureRow,
} from './figure-changes.ts'
import type { CellRecord, NightRecord } from './night.ts'
import { matrixTable, tableCard, trendLine } from './page-table.ts'

/** A table of kernels by keepaliveds for each figure; what is certainly another than before is marked. */
export function figuresSection(night: NightRecord, changes: FigureChanges): Markup | undefined {
  if (changes.rows.length === 0) return undefined
  const moved = changes.rows.filter(hasMoved)
  const claims = [...new Set(changes.rows.map(({ claim }) => claim))]
  return html`<section class="night-figures">
    <h2>Figures across versions</h2>
    <p class="muted">
      Medians of tonight, with the trend over earlier nights. ▲ and ▼ mark what is certainly more or less than with the
      version before, or than in earlier nights: a rank test of each, all ${changes.tests} together wrong in at most 5 %
      of nights, and no difference that nights of the same versions show among themselves.
      ${
        changes.repeatsNeeded !== undefined &&
        html`<b>So few values can show none:</b> it takes ${changes.repeatsNeeded} of each, by --repeat or by nights.`
      }
    </p>
    ${
      moved.length > 0 &&
      html`<p>
        Marked:
        ${moved.map((row, at) => html`${at > 0 && ', '}<a href="#${anchor(row)}">${row.claim} ${row.name}</a>`)}.
      </p>`
    }
    ${claims.map(
      (claim) => html`
        <h3>${claim}</h3>
        ${claimTables(
          changes.rows.filter((row) => row.claim === claim),
          night,
        )}
      `,
    )}
  </section>`
}

/** A table for each figure that varies; what never does is said in a line. */
function claimTables(rows: readonly FigureRow[], night: NightRecord): Markup {
  const still = rows.filter(isStill)
  return html`
    <div class="figure-grid">${rows.filter((row) => !still.includes(row)).map((row) => figureTable(row, night))}</div>
    ${
      still.length > 0 &&
      html`<p class="muted">
        The same in all cells and nights:
        ${still.map(({ name, unit, cells }) => `${name} ${short([...cells.values()][0]!.figure.value)} ${unit}`).join(', ')}.
      </p>`
    }
  `
}

function isStill({ cells }: FigureRow): boolean {
  const values = [...cells.values()].flatMap(({ figure, trend }) => [figure.value, ...trend])
  const isOut = [...cells.values()].some(({ figure }) => figure.within === false)
  return cells.size > 1 && !isOut && values.every((value) => value === values[0])
}

function hasMoved({ cells }: FigureRow): boolean {
  return [...cells.values()].some(({ changes }) => changes.length > 0)
}

function anchor({ claim, name, unit }: FigureRow): string {
  return `figure-${claim}-${name}-${unit}`.replaceAll(/[^\w-]+/g, '-')
}

function figureTable(row: FigureRow, night: NightRecord): Markup {
  const at = (kernel: string, keepalived: string): CellRecord | undefined =>
    night.cells.find((cell) => cell.kernelName === kernel && cell.keepalivedName === keepalived)
  const table = matrixTable({
    rows: kernelNames(night),
    columns: keepalivedNames(night),
    heading: (name) => html`${name}`,
    cell: (kernel, keepalived) => {
      const cell = at(kernel, keepalived)
      return figureCell(cell && row.cells.get(cell.id), row.unit)
    },
    caption: html`${row.name}, ${row.unit}`,
  })
  // Half a page has room for three columns of trends: what is marked must not be out of sight.
  const isWide = keepalivedNames(night).length > 3 || hasMoved(row)
  return html`<div id="${anchor(row)}" class="${isWide ? 'figure-wide' : 'figure-half'}">
    ${tableCard(`${row.claim} ${row.name}`, table)}
  </div>`
}

function figureCell(there: FigureInCell | undefined, unit: string): Markup {
  if (there === undefined) return html`<td class="muted">–</td>`
  const { figure, trend, changes } = there
  const nights = trend.length === 1 ? '1 earlier night' : `${trend.length} earlier nights`
  return html`<td>
    <span class="value">${short(figure.value)}</span>
    ${figure.within === false && html`<span class="is-out">✗ outside its window</span>`}
    ${changes.map(
      ({ against, difference }) =>
        html`<span class="moved"
          >${difference > 0 ? '▲' : '▼'} ${short(Math.abs(difference))} ${difference > 0 ? 'more' : 'less'}
          <span class="muted">than ${against === 'earlier nights' ? 'in' : 'with'} ${against}</span></span
        >`,
    )}
    ${trend.length > 0 && trendLine([...trend, figure.value], `${nights} and tonight, ${unit}`)}
  </td>`
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
