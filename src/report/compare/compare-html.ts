import { factsCard } from '../html/facts-card.ts'
import { html, type Content, type Markup } from '../html/markup.ts'
import { pageShell } from '../html/shell.ts'
import { oneLine } from '../text.ts'
import type { Comparison, ComparedRun, Direction } from './comparison.ts'
import {
  answer,
  countsText,
  differenceText,
  DIRECTION_MARK,
  DIRECTION_WORD,
  footing,
  runText,
  sampleText,
  whyUndecided,
  windowText,
} from './words.ts'

/** A comparison as one self-contained page without any script. */
export function renderCompareHtml(comparison: Comparison): string {
  const { verdicts, claims, findings, windows, figures, settings } = comparison
  const tone = comparison.worse ? 'fail' : comparison.different ? 'inconclusive' : 'pass'
  const body = html`
    <div class="page">
      <header class="run">
        <p class="brand"><b>lvslab</b> <span class="muted">comparison of two runs</span></p>
        <div class="banner ${tone}">
          <div class="banner-mark" aria-hidden="true">
            ${comparison.worse ? DIRECTION_MARK.worse : comparison.different ? DIRECTION_MARK.other : '='}
          </div>
          <div class="banner-text">
            <p class="banner-verdict">
              ${comparison.worse ? 'worse' : comparison.different ? 'different' : 'the same'}
            </p>
            <h1>${capital(answer(comparison))}</h1>
          </div>
        </div>
        ${runs(comparison)}
      </header>
      <main>
        ${table(
          'Made differently',
          ['Setting', 'A', 'B'],
          settings.map(({ name, a, b }) => [name, a, b]),
        )}
        ${table(
          'Verdicts',
          ['Change', 'Claim', 'A', 'B', 'Title'],
          verdicts.map(({ direction, id, a, b, title, reason }) => [
            mark(direction),
            id,
            countsText(a),
            countsText(b),
            html`${oneLine(title)}${reason !== undefined && html` <span class="detail pre">${reason}</span>`}`,
          ]),
        )}
        ${pairs('Claims only in A', claims.removed)} ${pairs('Claims only in B', claims.added)}
        ${pairs('Findings only in A', findings.vanished)} ${pairs('Findings only in B', findings.appeared)}
        ${table(
          'Left their windows',
          ['Claim', 'Figure', 'A → B'],
          windows.left.map((one) => [one.id, one.name, windowText(one)]),
        )}
        ${table(
          'Came back into their windows',
          ['Claim', 'Figure', 'A → B'],
          windows.cameBack.map((one) => [one.id, one.name, windowText(one)]),
        )}
        ${table(
          'Figures that changed',
          ['Change', 'Claim', 'Figure', 'Difference', 'A', 'B'],
          figures.changed.map(({ direction, id, name, unit, difference, differenceInterval, a, b }) => [
            mark(direction),
            id,
            name,
            new Quantity(differenceText(difference, differenceInterval, unit)),
            new Quantity(sampleText(a, unit)),
            new Quantity(sampleText(b, unit)),
          ]),
        )}
        ${pairs('Figures only in A', figures.onlyA)} ${pairs('Figures only in B', figures.onlyB)}
        ${undecided(comparison)}
        <section>
          <h2>How this was told</h2>
          <div class="card">${footing(comparison).map((line) => html`<p>${line}</p>`)}</div>
        </section>
      </main>
    </div>
  `
  return pageShell({ title: answer(comparison), body })
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function runs({ a, b, noise }: Comparison): Markup {
  const rows: (readonly [string, ComparedRun])[] = [
    ['A', a],
    ['B', b],
    ...(noise
      ? ([
          ['noise, first', noise[0]],
          ['noise, second', noise[1]],
        ] as const)
      : []),
  ]
  return factsCard(rows.map(([name, run]) => [name, runText(run)]))
}

const TONE: Readonly<Record<Direction, string>> = { worse: 'fail', better: 'pass', other: 'inconclusive' }

function mark(direction: Direction): Markup {
  return html`<span class="chip ${TONE[direction]}"
    ><span aria-hidden="true">${DIRECTION_MARK[direction]}</span> ${DIRECTION_WORD[direction]}</span
  >`
}

function pairs(title: string, items: readonly { readonly id: string; readonly text: string }[]): Content {
  return table(
    title,
    ['Claim', 'What'],
    items.map(({ id, text }) => [id, text]),
  )
}

/** What is told apart by its digits: one line, to the right. */
class Quantity {
  constructor(readonly text: string) {}
}

function table(title: string, head: readonly string[], rows: readonly (readonly (Content | Quantity)[])[]): Content {
  if (rows.length === 0) return undefined
  return html`<section>
    <h2>${title}</h2>
    <div class="card">
      <div class="scroll" tabindex="0" role="region" aria-label="${title}">
        <table>
          <thead>
            <tr>
              ${head.map((text) => html`<th scope="col">${text}</th> `)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) =>
                html`<tr>
                  ${row.map((cell) => (cell instanceof Quantity ? html`<td class="num">${cell.text}</td> ` : html`<td>${cell}</td> `))}
                </tr> `,
            )}
          </tbody>
        </table>
      </div>
    </div>
  </section>`
}

function undecided(comparison: Comparison): Content {
  const why = whyUndecided(comparison)
  if (why === undefined) return undefined
  const rows = comparison.figures.undecided.map(({ id, name, unit, a, b }) => [
    id,
    name,
    new Quantity(sampleText(a, unit)),
    new Quantity(sampleText(b, unit)),
    new Quantity(differenceText(b.median - a.median, undefined, unit)),
  ])
  return html`${table('Cannot be told', ['Claim', 'Figure', 'A', 'B', 'Apart by'], rows)}
    <p class="muted">${capital(why)}.</p>`
}
