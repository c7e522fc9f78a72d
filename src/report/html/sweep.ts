import type { Figure, Sweep } from '../../run/record.ts'
import { figureText } from '../quantity.ts'
import { sweepText } from '../sweep-text.ts'
import { html, px, type Markup } from './markup.ts'

/* As the bars of single figures: the window spans the middle half, and what lies outside has the quarters beside it. */
const FROM = 26
const TO = 74

/** Each swept window as a bar, with a dot for every measurement. */
export function sweepsSection(sweeps: readonly Sweep[] = []): Markup | undefined {
  if (sweeps.length === 0) return undefined
  return html`<div class="figures">${sweeps.map(sweepFigure)}</div>`
}

function sweepFigure(sweep: Sweep): Markup {
  const { name, window, points } = sweep
  const inside = points.every(({ within }) => within)
  return html`<div class="figure">
    <div class="figure-head">
      <span class="figure-name">${name}</span>
      <span class="figure-value">${points.length} phases</span>
    </div>
    <div class="figure-verdict ${inside ? 'pass' : 'fail'}">${inside ? '✓' : '✗'} ${sweepText(sweep)}</div>
    ${dots(sweep)}
    <div class="figure-source"><span>${window.formula}</span> <span class="muted">${window.source}</span></div>
  </div>`
}

function dots({ name, window: { min, max, formula, source }, points }: Sweep): Markup | undefined {
  const values = points.filter(({ value }) => Number.isFinite(value))
  if (values.length === 0) return undefined
  const low = Math.min(min, ...values.map(({ value }) => value))
  const span = Math.max(max, ...values.map(({ value }) => value)) - low
  const at = (n: number): number => (span === 0 ? 50 : px(FROM + ((n - low) / span) * (TO - FROM)))
  const ends: Figure = { name, value: min, unit: 'ms', window: { min, max, formula, source } }
  const text = figureText(ends)
  return html`<div
    class="bar"
    role="img"
    aria-label="${name}: ${points.length} measurements, window ${text.window ?? ''}"
  >
    <div class="bar-track"></div>
    <div class="bar-band" style="left:${at(min)}%;width:${px(at(max) - at(min))}%"></div>
    ${values.map(
      ({ value, within }) => html`<div class="bar-dot ${within ? 'in' : 'out'}" style="left:${at(value)}%"></div> `,
    )}
    ${text.min !== undefined && html`<span class="bar-end low" style="right:${px(100 - at(min))}%">${text.min}</span>`}
    ${text.max !== undefined && html`<span class="bar-end" style="left:${at(max)}%">${text.max}</span>`}
  </div>`
}
