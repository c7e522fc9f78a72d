import { html, type Markup } from '../report/html/markup.ts'

/** A table that may be wider than the page, and then scrolls by itself, also by keyboard. */
export function tableCard(title: string, table: Markup): Markup {
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="${title}">${table}</div>`
}

/** Kernels down, keepaliveds across. */
export function matrixTable({
  rows,
  columns,
  cell,
  caption,
  heading = (name) => html`keepalived<br />${name}`,
}: {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** A whole `<td>`. */
  readonly cell: (row: string, column: string) => Markup
  readonly caption?: Markup
  readonly heading?: (column: string) => Markup
}): Markup {
  return html`<table class="matrix">
    ${
      caption &&
      html`<caption>
        ${caption}
      </caption>`
    }
    <thead>
      <tr>
        <th scope="col"><span class="visually-hidden">kernel</span></th>
        ${columns.map((name) => html`<th scope="col">${heading(name)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <th scope="row">${row}</th>
            ${columns.map((column) => cell(row, column))}
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** The trend over the nights, the newest at the right. */
export function trendLine(values: readonly number[], label: string): Markup {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const at = (value: number, index: number): readonly [number, number] => [
    (index / Math.max(1, values.length - 1)) * 88 + 3,
    high === low ? 10 : 17 - ((value - low) / (high - low)) * 14,
  ]
  const points = values.map((value, index) => at(value, index).map((n) => n.toFixed(1)))
  const [x = '0', y = '0'] = points.at(-1) ?? []
  const title = `${label}: ${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`
  return html`<svg class="trend" viewBox="0 0 96 20" role="img" aria-label="${title}">
    <title>${title}</title>
    <polyline points="${points.map((point) => point.join(',')).join(' ')}" />
    <circle cx="${x}" cy="${y}" r="2.2" />
  </svg>`
}
