import { duration } from '../quantity.ts'
import { plural } from '../text.ts'
import { clamp, textWidth } from './label-layout.ts'
import { html, px, type Markup } from './markup.ts'
import { EDGE, laneName, ROW, type Frame } from './timeline-frame.ts'
import type { Outage, TimelineModel } from './timeline-model.ts'

/** The client's requests: a comb of ticks for each server, one for those that failed, and a bracket under each outage. */
export function drawAnswers(
  model: TimelineModel,
  frame: Frame,
  at: (ms: number) => number,
  top: number,
): { markup: Markup; rowsEnd: number; bottom: number } {
  const step = frame.gutter > 0 ? 20 : 32
  const above = frame.gutter > 0 ? 0 : 14
  const rows = model.answers.map(({ server, ok, at: begun }, index) => {
    const y = top + index * step
    const comb = begun.map((ms) => `M${at(ms)} ${y + above + (ok ? 2 : 0)}v${ok ? 10 : 14}`).join('')
    return html`${laneName(server, frame, y + 11, `${begun.length}`)}
      <path class="${ok ? `tl-ok s${index % 6}` : 'tl-error'}" d="${comb}"></path>`
  })
  const rowsEnd = top + model.answers.length * step
  const brackets = drawBrackets(model.outages, frame, at, rowsEnd)
  return { markup: html`${rows}${brackets.markup}`, rowsEnd, bottom: brackets.bottom }
}

function drawBrackets(
  outages: readonly Outage[],
  frame: Frame,
  at: (ms: number) => number,
  top: number,
): { markup: Markup; bottom: number } {
  const ends: number[] = []
  const drawn = outages.map((outage) => {
    const from = clamp(at(outage.from), frame.gutter + EDGE, frame.width - EDGE)
    const to = clamp(at(outage.to), frame.gutter + EDGE, frame.width - EDGE)
    const text = outageText(outage, frame.gutter === 0)
    const half = textWidth(text, frame.font) / 2
    const x = clamp((from + to) / 2, frame.gutter + half, frame.width - half - 2)
    // The first row whose last text ends before this one begins.
    const free = ends.findIndex((end) => end < x - half - 8)
    const row = free < 0 ? ends.length : free
    ends[row] = x + half
    return html`<path class="tl-bracket" d="M${from} ${top + 2}v5H${to}v-5"></path>
      <text class="tl-gap" x="${px(x)}" y="${top + 22 + row * ROW}" text-anchor="middle">${text}</text>`
  })
  return { markup: html`${drawn}`, bottom: outages.length === 0 ? top : top + 10 + ends.length * ROW }
}

/** The ground of an outage. */
export function drawBand(
  outage: Outage,
  at: (ms: number) => number,
  left: number,
  right: number,
  top: number,
  bottom: number,
): Markup {
  const from = clamp(at(outage.from), left, right)
  const to = clamp(at(outage.to), left, right)
  return html`<rect
    class="tl-band"
    x="${from}"
    y="${top}"
    width="${px(to - from)}"
    height="${px(bottom - top)}"
  ></rect>`
}

/** "no answer for 3.1 s (62 requests)"; `short` leaves the requests out. */
export function outageText(outage: Outage, short = false): string {
  const longer = outage.ended ? '' : 'at least '
  const requests = short ? '' : ` (${plural(outage.failed, 'request')})`
  return `no answer for ${longer}${duration(outage.to - outage.from)}${requests}`
}
