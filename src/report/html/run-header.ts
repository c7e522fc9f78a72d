import type { CalibrationRecord, RunRecord, Verdict } from '../../run/record.ts'
import { calibrationSummary } from '../calibration.ts'
import { duration } from '../quantity.ts'
import { headline, totals, VERDICT_MARK, VERDICT_WORD, VERDICTS } from '../summary.ts'
import { plural } from '../text.ts'
import { factsCard } from './facts-card.ts'
import { figuresSection } from './figure.ts'
import { html, px, type Markup } from './markup.ts'

/** What the run says, on what machine it was found, and where its time went. */
export function runHeader(run: RunRecord): Markup {
  return html`<header class="run" id="run">
    <p class="brand"><b>lvslab</b> <span class="muted">run report · ${run.id}</span></p>
    ${banner(run)} ${factsCard(facts(run))} ${run.calibration && instrument(run.calibration)} ${times(run)}
  </header>`
}

function banner(run: RunRecord): Markup {
  const sum = totals(run)
  const order: readonly Verdict[] = ['pass', ...VERDICTS.filter((verdict) => verdict !== 'pass')]
  const findings = sum.findings > 0 && html`; <a href="#findings">${plural(sum.findings, 'finding')}</a>`
  return html`<div class="banner ${run.verdict}">
    <div class="banner-mark" aria-hidden="true">${VERDICT_MARK[run.verdict]}</div>
    <div class="banner-text">
      <p class="banner-verdict">${VERDICT_WORD[run.verdict]}</p>
      <h1>${headline(run)}${findings}</h1>
      ${
        run.interrupted &&
        html`<p class="interrupted">The run was interrupted: what was not reached is missing here.</p>`
      }
      ${
        sum.claims > 0 &&
        html`<div class="tally" aria-hidden="true">
          ${order.map((verdict) => sum[verdict] > 0 && html`<span class="${verdict}" style="flex-grow:${sum[verdict]}"></span>`)}
        </div>`
      }
    </div>
  </div>`
}

function facts(run: RunRecord): (readonly [string, Markup])[] {
  const { host } = run
  const why = host.accelerationReason
  const acceleration =
    host.acceleration === 'kvm'
      ? html`KVM`
      : html`emulated (TCG)${why !== undefined && html`<span class="detail">not KVM: ${why}</span>`}`
  return [
    ['Started', html`<time datetime="${run.startedAt}">${dateOf(run.startedAt)}</time>`],
    ['Command', html`<code class="command">${run.command.join(' ')}</code>`],
    ['Kernel under test', html`<code>${run.kernel}</code>`],
    ['keepalived under test', html`<code>${run.keepalived}</code><span class="detail">${run.userland}</span>`],
    [
      'Host',
      html`${plural(host.cores, 'core')}, ${(host.memoryMiB / 1024).toFixed(1)} GiB
        <span class="detail">${host.cpu}<br />${host.distribution}, kernel ${host.kernel}</span>`,
    ],
    ['Acceleration', acceleration],
    [
      'Engine',
      html`${run.engine}<span class="detail">QEMU ${host.qemu}, Node ${host.node}, lvslab ${run.lvslab}</span>`,
    ],
  ]
}

/** "20 November 2026, 09:12:44 UTC"; the text itself when it is not a date. */
function dateOf(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date)
  return `${day}, ${date.toISOString().slice(11, 19)} UTC`
}

/** Whether the run's own instrument measures what it says. */
function instrument(calibration: CalibrationRecord): Markup {
  return html`<div class="card instrument">
    <p class="${calibration.verdict}">${calibrationSummary(calibration)}</p>
    ${
      calibration.figures.length > 0 &&
      html`<details ${calibration.verdict !== 'pass' && 'open'}>
        <summary>Blackouts of known length, and what was read</summary>
        ${figuresSection(calibration.figures)}
      </details>`
    }
  </div>`
}

function times(run: RunRecord): Markup {
  const sum = totals(run)
  const phases = Object.entries(run.phases).filter(([, ms]) => ms > 0)
  const known = phases.reduce((all, [, ms]) => all + ms, 0)
  const other = run.durationMs - known
  if (phases.length > 0 && other > run.durationMs * 0.005) phases.push(['other', other])
  const imposed = Math.min(sum.protocolWaitMs, sum.claimsMs)
  return html`<div class="card times">
    ${stacked('Wall time', run.durationMs, phases)}
    ${
      sum.claimsMs > 0 &&
      stacked(
        'Time of the claims, summed',
        sum.claimsMs,
        [
          ['imposed by the protocols', imposed],
          ['work and waiting for machines', sum.claimsMs - imposed],
        ],
        6,
      )
    }
  </div>`
}

function stacked(title: string, totalMs: number, parts: readonly (readonly [string, number])[], hue = 0): Markup {
  const sum = parts.reduce((all, [, ms]) => all + ms, 0)
  const share = (ms: number) => (sum > 0 ? (ms / sum) * 100 : 0)
  return html`<div class="stack">
    <h2 class="small-heading">${title} <b>${duration(totalMs)}</b></h2>
    ${
      parts.length > 0 &&
      html`<div class="stack-bar" aria-hidden="true">
          ${parts.map(([, ms], index) => html`<span class="p${(index + hue) % 8}" style="width:${px(share(ms))}%"></span>`)}
        </div>
        <ul class="legend">
          ${parts.map(
            ([name, ms], index) =>
              html`<li>
                <span class="swatch p${(index + hue) % 8}" aria-hidden="true"></span><span>${name}</span>
                <b>${duration(ms)}</b>
                <span class="muted">${percent(share(ms))}</span>
              </li> `,
          )}
        </ul>`
    }
  </div>`
}

function percent(share: number): string {
  return share > 0 && share < 1 ? '<1\u202f%' : `${Math.round(share)}\u202f%`
}
