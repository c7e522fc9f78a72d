import type { Figure } from '../../run/record.ts'
import { excess, figureText, finiteBounds, standing, windowPhrase } from '../quantity.ts'
import { html, px, type Markup } from './markup.ts'

/** Measured figures: those with a window each as a bar against it, the others as a list. */
export function figuresSection(figures: readonly Figure[]): Markup | undefined {
  if (figures.length === 0) return undefined
  const bounded = figures.filter((figure) => figure.window !== undefined)
  const plain = figures.filter((figure) => figure.window === undefined)
  return html`<div class="figures">
    ${bounded.map(boundedFigure)}
    ${
      plain.length > 0 &&
      html`<dl class="figure plain">
        ${plain.map(
          (figure) =>
            html`<div>
              <dt>${figure.name}</dt>
              <dd>${figureText(figure).value}</dd>
              ${figure.note !== undefined && html`<dd class="detail">${figure.note}</dd>`}
            </div> `,
        )}
      </dl>`
    }
  </div>`
}

function boundedFigure(figure: Figure): Markup {
  const text = figureText(figure)
  const inside = standing(figure) === 'inside'
  const verdict = `${inside ? '✓' : '✗'} ${windowPhrase(figure) ?? ''}`
  const far = excess(figure)
  return html`<div class="figure">
    <div class="figure-head">
      <span class="figure-name">${figure.name}</span>
      <span class="figure-value">${text.value}</span>
    </div>
    <div class="figure-verdict ${inside ? 'pass' : 'fail'}">${verdict}${far !== undefined && ` · ${far}`}</div>
    ${bar(figure, inside)}
    <div class="figure-source">
      ${figure.window && html`<span>${figure.window.formula}</span> <span class="muted">${figure.window.source}</span>`}
      ${figure.note !== undefined && html`<span class="muted">${figure.note}</span>`}
    </div>
  </div>`
}

/* The ends and the value span the middle half; the quarters beside it hold the numbers, and show that a window goes on
   where it has no end. */
const FROM = 26
const TO = 74

function bar(figure: Figure, inside: boolean): Markup | undefined {
  const { min, max } = finiteBounds(figure.window ?? {})
  const known = [min, max, figure.value].filter((n): n is number => n !== undefined && Number.isFinite(n))
  if (known.length < 2 || !Number.isFinite(figure.value)) return undefined
  const low = Math.min(...known)
  const span = Math.max(...known) - low
  const at = (n: number) => (span === 0 ? 50 : px(FROM + ((n - low) / span) * (TO - FROM)))
  const from = min === undefined ? 0 : at(min)
  const to = max === undefined ? 100 : at(max)
  const open = `${min === undefined ? ' open-left' : ''}${max === undefined ? ' open-right' : ''}`
  const text = figureText(figure)
  const label = `${figure.name}: ${text.value}, window ${text.window ?? 'none'}`
  const showMax = text.max !== undefined && min !== max
  return html`<div class="bar" role="img" aria-label="${label}">
    <div class="bar-track"></div>
    <div class="bar-band${open}" style="left:${from}%;width:${px(to - from)}%"></div>
    <div class="bar-mark ${inside ? 'in' : 'out'}" style="left:${at(figure.value)}%"></div>
    ${text.min !== undefined && html`<span class="bar-end low" style="right:${px(100 - from)}%">${text.min}</span>`}
    ${showMax && html`<span class="bar-end" style="left:${to}%">${text.max}</span>`}
  </div>`
}
