import type { Assertion, ClaimRecord, Evidence } from '../../run/record.ts'
import { duration } from '../quantity.ts'
import { reproduce } from '../summary.ts'
import { chip, negativeMark } from './chip.ts'
import { figuresSection } from './figure.ts'
import { findingItem } from './findings.ts'
import { fileLink } from './links.ts'
import { html, prose, type Markup } from './markup.ts'
import { sweepsSection } from './sweep.ts'
import { timelineSection } from './timeline.ts'

/** One claim with everything that was measured for it. */
export function claimSection(claim: ClaimRecord, anchor: string): Markup {
  return html`<article
    class="claim card is-${claim.verdict}"
    id="${anchor}"
    data-verdict="${claim.verdict}"
    aria-labelledby="${anchor}-title"
  >
    <header>
      <div class="claim-line">
        ${chip(claim.verdict)} <a class="claim-id" href="#${anchor}">${claim.id}</a> ${negativeMark(claim.negative)}
        <span class="claim-time muted">${claim.durationMs > 0 && duration(claim.durationMs)}</span>
      </div>
      <h3 id="${anchor}-title">${prose(claim.title)}</h3>
    </header>
    ${reason(claim)} ${assertions(claim)} ${figuresSection(claim.figures)} ${sweepsSection(claim.sweeps)}
    ${claim.timelines.map(timelineSection)}
    ${
      claim.findings.length > 0 &&
      html`<div class="callout finding">
        <h4>${claim.findings.length === 1 ? 'Finding' : 'Findings'}</h4>
        <ul>
          ${claim.findings.map(findingItem)}
        </ul>
      </div>`
    }
    ${footer(claim)}
  </article>`
}

const REASON_HEADING = { fail: 'Why it fails', inconclusive: 'Why it is inconclusive', skip: 'Why it was skipped' }

function reason(claim: ClaimRecord): Markup | undefined {
  if (claim.verdict === 'pass') return undefined
  if (claim.reason === undefined && claim.code === undefined) return undefined
  return html`<div class="callout ${claim.verdict}">
    <h4>${REASON_HEADING[claim.verdict]}</h4>
    <p class="pre">${prose(claim.reason ?? 'No reason was recorded.')}</p>
    ${claim.code !== undefined && html`<p><code>${claim.code}</code></p>`}
  </div>`
}

function assertions(claim: ClaimRecord): Markup | undefined {
  if (claim.assertions.length === 0) return undefined
  return html`<ul class="assertions">
    ${claim.assertions.map(
      ({ text, ok, detail, excused, undecided, test }) =>
        html`<li class="${ok ? 'ok' : 'not-ok'}">
          <span class="mark" role="img" aria-label="${ok ? 'holds' : 'does not hold'}">${ok ? '✓' : '✗'}</span>
          <span
            >${prose(text)}${detail !== undefined && html` <span class="detail pre">${detail}</span>`}${
              test !== undefined && html` <span class="detail">${testText(test)}</span>`
            }${
              excused !== undefined && html` <span class="detail pre">excused: ${excused}</span>`
            }${undecided !== undefined && html` <span class="detail pre">not decided: ${undecided}</span>`}</span
          >
        </li> `,
    )}
  </ul>`
}

/** "exact sequence (ip_vs_rr.c), error rate 0 %". */
function testText({ name, errorRate, statistic, p }: NonNullable<Assertion['test']>): string {
  const figures = [
    statistic === undefined ? undefined : `statistic ${statistic}`,
    p === undefined ? undefined : `p ${p}`,
    `error rate ${errorRate * 100} %`,
  ]
  return `test: ${[name, ...figures.filter((figure) => figure !== undefined)].join(', ')}`
}

function footer(claim: ClaimRecord): Markup {
  const { lateness } = claim
  const facts: (readonly [string, string])[] = []
  if (claim.bootMs !== undefined) facts.push(['cluster ready after', duration(claim.bootMs)])
  if (claim.protocolWaitMs !== undefined) facts.push(['imposed by protocols', duration(claim.protocolWaitMs)])
  if (lateness)
    facts.push(['harness late', `${duration(lateness.fabricP99Ms)} p99, ${duration(lateness.fabricMaxMs)} at most`])
  if (claim.attempt > 1) facts.push(['attempt', String(claim.attempt)])
  return html`<footer>
    ${
      facts.length > 0 &&
      html`<dl class="inline">
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div> `,
        )}
      </dl>`
    }
    ${
      claim.evidence.length > 0 &&
      html`<p class="evidence">
        <span class="muted">Evidence:</span>
        ${claim.evidence.map((item, index) => html`${index > 0 && ', '}${evidenceLink(item)}`)}
      </p>`
    }
    <p class="again"><span class="muted">Run it again:</span> <code class="command">${reproduce(claim)}</code></p>
  </footer>`
}

function evidenceLink(evidence: Evidence): Markup {
  const link = fileLink(evidence.path)
  const kind = evidence.label.includes(evidence.kind) ? undefined : html` <span class="muted">(${evidence.kind})</span>`
  if (link === undefined) return html`<span>${evidence.label}${kind} <code>${evidence.path}</code></span>`
  return html`<span><a href="${link}">${evidence.label}</a>${kind}</span>`
}
