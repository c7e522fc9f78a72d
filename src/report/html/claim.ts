import type { Assertion, ClaimRecord, RunRecord } from '../../run/record.ts'
import { madeOf } from '../made-of.ts'
import { duration } from '../quantity.ts'
import { reproduce } from '../summary.ts'
import { chip, negativeMark } from './chip.ts'
import { evidenceList } from './evidence.ts'
import { factRows } from './facts-card.ts'
import { figuresSection } from './figure.ts'
import { findingItem } from './findings.ts'
import { html, prose, type Markup } from './markup.ts'
import { sweepsSection } from './sweep.ts'
import { timelineSection } from './timeline.ts'
import { trafficSection } from './traffic.ts'

/** One claim with everything that was measured for it. */
export function claimSection(
  claim: ClaimRecord,
  anchor: string,
  run: Pick<RunRecord, 'command' | 'kernel' | 'keepalived'>,
): Markup {
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
    ${claim.timelines.map((timeline) => [timelineSection(timeline), trafficSection(timeline)])}
    ${
      claim.findings.length > 0 &&
      html`<div class="callout finding">
        <h4>${claim.findings.length === 1 ? 'Finding' : 'Findings'}</h4>
        <ul>
          ${claim.findings.map(findingItem)}
        </ul>
      </div>`
    }
    ${footer(claim, run)}
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
        html`<li class="${ASSERTION[standingOf({ ok, undecided })].name}">
          ${assertionMark(standingOf({ ok, undecided }))}
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

const ASSERTION = {
  holds: { name: 'ok', sign: '✓', words: 'holds' },
  broken: { name: 'not-ok', sign: '✗', words: 'does not hold' },
  doubtful: { name: 'undecided', sign: '?', words: 'not decided' },
} as const

function standingOf({
  ok,
  undecided,
}: {
  readonly ok: boolean
  readonly undecided: string | undefined
}): keyof typeof ASSERTION {
  if (!ok) return 'broken'
  return undecided === undefined ? 'holds' : 'doubtful'
}

function assertionMark(standing: keyof typeof ASSERTION): Markup {
  const { sign, words } = ASSERTION[standing]
  return html`<span class="mark" role="img" aria-label="${words}">${sign}</span>`
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

function footer(claim: ClaimRecord, run: Pick<RunRecord, 'command' | 'kernel' | 'keepalived'>): Markup {
  const { lateness } = claim
  const facts: (readonly [string, string])[] = []
  const made = madeOf(claim, run)
  if (made !== undefined) facts.push(['made of', made])
  if (claim.bootMs !== undefined) facts.push(['cluster ready after', duration(claim.bootMs)])
  if (claim.protocolWaitMs !== undefined) facts.push(['imposed by protocols', duration(claim.protocolWaitMs)])
  if (lateness)
    facts.push(['harness late', `${duration(lateness.fabricP99Ms)} p99, ${duration(lateness.fabricMaxMs)} at most`])
  if (claim.attempt > 1) facts.push(['attempt', String(claim.attempt)])
  return html`<footer>
    ${facts.length > 0 && html`<dl class="inline">${factRows(facts)}</dl>`} ${evidenceList(claim)}
    <p class="again">
      <span class="muted">Run it again:</span> <code class="command">${reproduce(claim, run.command)}</code>
    </p>
  </footer>`
}
