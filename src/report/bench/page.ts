import type { BenchRecord, BenchSection } from '../../run/bench/record.ts'
import { factsCard } from '../html/facts-card.ts'
import { html, type Content, type Markup } from '../html/markup.ts'
import { pageShell } from '../html/shell.ts'
import { chartFigure } from './chart.ts'
import { chartsOf } from './charts.ts'
import { facts } from './facts.ts'
import { percentText } from './quantity.ts'
import { tablesOf, type BenchTable } from './tables.ts'

const PLOT_STYLE = `
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 26px 28px; }
figure.plot { min-width: 0; }
figure.plot .legend { margin-bottom: 4px; }
figure.plot svg { max-width: 620px; }
.bench-table { margin-top: 18px; }
.bench-table th[scope="row"] { white-space: nowrap; }
.bench-table thead th { white-space: normal; min-width: 96px; }
.how p + p { margin-top: 6px; }
`

/** The record as one self-contained page without any script: pictures and tables of each section. */
export function renderBenchHtml(record: BenchRecord): string {
  const minutes = (record.durationMs / 60_000).toFixed(1)
  const body = html`<a class="skip-link" href="#main">Skip to the figures</a>
    <div class="page">
      <header class="run">
        <p class="brand"><b>lvslab</b> <span class="muted">performance suite</span></p>
        <div class="banner">
          <div class="banner-text">
            <p class="banner-verdict">${record.interrupted ? 'interrupted' : record.quick ? 'quick' : 'measured'}</p>
            <h1>${record.sections.length} sections, ${record.figures.length} figures in ${minutes} minutes</h1>
            <p>Figures are to be read as ratios within one run: another host, or another hour, has others.</p>
          </div>
        </div>
        ${factsCard(facts(record))}
      </header>
      <main id="main">${noiseSection(record)} ${record.sections.map((section) => sectionOf(record, section))}</main>
      <footer class="page-foot muted">
        Made from <a href="./bench.json">bench.json</a> (${record.schema}) by lvslab ${record.lvslab}. Medians, with
        their 95 % bootstrap intervals in parentheses and as bars; from three rounds on.
      </footer>
    </div>`
  return pageShell({ title: 'Performance suite', body, generator: record.lvslab, style: PLOT_STYLE })
}

function sectionOf(record: BenchRecord, section: BenchSection): Markup {
  const rounds = section.rounds === 1 ? 'measured once' : `${section.rounds} rounds`
  const anchor = `section-${section.id}`
  return html`<section aria-labelledby="${anchor}">
    <h2 id="${anchor}">
      ${section.title} <span class="muted small">${rounds}, ${(section.durationMs / 1000).toFixed(0)} s</span>
    </h2>
    <div class="card">
      <div class="how muted small">${section.how.map((line) => html`<p>${line}</p> `)}</div>
      ${
        section.notes.length > 0 &&
        html`<div class="callout inconclusive">
          <ul>
            ${section.notes.map((note) => html`<li>${note}</li> `)}
          </ul>
        </div>`
      }
    </div>
    <div class="card"><div class="plots">${chartsOf(record, section.id).map(chartFigure)}</div></div>
    <div class="card">${tablesOf(record, section.id).map(tableOf)}</div>
  </section>`
}

function noiseSection({ noise }: BenchRecord): Content {
  if (noise.length === 0) return undefined
  const table: BenchTable = {
    title: 'The same measured twice',
    head: ['', 'in one round, on one boot', 'on two boots'],
    rows: noise.map(({ name, sameBoot, twoBoots }) => [
      name,
      sameBoot === undefined ? '–' : percentText(sameBoot),
      twoBoots === undefined ? '–' : percentText(twoBoots),
    ]),
  }
  return html`<section aria-labelledby="noise">
    <h2 id="noise">Noise first</h2>
    <div class="card">
      <div class="how muted small">
        <p>
          How far the same lies apart: a difference up to this is none. Direct routing measured twice in each round (the
          far end of the ratio's interval), and every forwarding method on two boots of the same cluster, at the suite's
          begin and end; of failovers, the first half of the repetitions and the second.
        </p>
      </div>
      ${tableOf(table)}
    </div>
  </section>`
}

function tableOf({ title, head, rows }: BenchTable): Markup {
  return html`<div class="bench-table">
    <h3 class="small-heading">${title}</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table>
        <thead>
          <tr>
            ${head.map((name, column) => (column === 0 ? html`<td></td> ` : html`<th scope="col" class="num">${name}</th> `))}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, column) => (column === 0 ? html`<th scope="row">${cell}</th> ` : html`<td class="num">${cell}</td> `))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </div>`
}
