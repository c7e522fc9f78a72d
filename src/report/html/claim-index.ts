import type { ClaimRecord } from '../../run/record.ts'
import { duration, figureText, standing, windowPhrase } from '../quantity.ts'
import { keyFigure, worstFirst } from '../summary.ts'
import { chip, negativeMark } from './chip.ts'
import { html, prose, type Content, type Markup } from './markup.ts'

/** Every claim in one line each, what is not a pass first. */
export function claimIndex(claims: readonly ClaimRecord[], anchors: ReadonlyMap<ClaimRecord, string>): Content {
  if (claims.length === 0) return undefined
  return html`<section aria-labelledby="claims">
    <div class="heading-line">
      <h2 id="claims">Claims</h2>
      <div id="filter" class="filter" role="group" aria-label="Show claims by verdict"></div>
    </div>
    <div class="card flush">
      <table class="index">
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            <th scope="col">Claim</th>
            <th scope="col">Title</th>
            <th scope="col" class="wide-cell">Key figure</th>
            <th scope="col" class="num">Time</th>
          </tr>
        </thead>
        <tbody>
          ${worstFirst(claims).map((claim) => row(claim, anchors.get(claim) ?? ''))}
        </tbody>
      </table>
    </div>
  </section>`
}

function row(claim: ClaimRecord, anchor: string): Markup {
  return html`<tr data-verdict="${claim.verdict}">
    <td>${chip(claim.verdict)}</td>
    <th scope="row"><a class="claim-id" href="#${anchor}">${claim.id}</a></th>
    <td>
      ${prose(claim.title)} ${negativeMark(claim.negative)}
      <div class="narrow-cell">${figureLine(claim)}</div>
    </td>
    <td class="wide-cell">${figureLine(claim)}</td>
    <td class="num">${claim.durationMs > 0 ? duration(claim.durationMs) : '–'}</td>
  </tr> `
}

function figureLine(claim: ClaimRecord): Markup | undefined {
  const figure = keyFigure(claim)
  if (figure === undefined) return undefined
  const text = figureText(figure)
  const inside = standing(figure) === 'inside'
  const phrase = windowPhrase(figure)
  const comma = inside && phrase?.startsWith('in ') === false && ','
  const window =
    phrase !== undefined &&
    html`${comma} <span class="${inside ? 'muted' : 'fail'}">${inside ? '' : '✗ '}${phrase}</span>`
  return html`<span class="key-figure"><span class="muted">${figure.name}</span> <b>${text.value}</b>${window}</span>`
}
