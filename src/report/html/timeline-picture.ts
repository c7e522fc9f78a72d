import { offset } from '../quantity.ts'
import { shorten } from '../text.ts'
import { clamp, placeLabels, textWidth, ticks, type Placed } from './label-layout.ts'
import { html, px, type Markup } from './markup.ts'
import { EDGE, laneName, NARROW, ROW, WIDE, type Frame } from './timeline-frame.ts'
import type { Lane, Mark, Shape, TimelineModel } from './timeline-model.ts'
import { drawAnswers, drawBand, outageText } from './timeline-requests.ts'

/** A failover as a picture, once for wide and once for narrow windows. */
export function timelinePicture(model: TimelineModel): Markup {
  const label = describe(model)
  return html`<div class="wide">${draw(model, WIDE, label)}</div>
    <div class="narrow">${draw(model, NARROW, label)}</div>`
}

function describe(model: TimelineModel): string {
  const events = model.lanes.flatMap(({ name, marks }) =>
    marks.map((mark) => `${mark.kind} on ${shorten(name, 40)} at ${offset(mark.at)}`),
  )
  const gap = model.outages.map((outage) => `; ${outageText(outage)} from ${offset(outage.from)}`).join('')
  return shorten(`Timeline relative to ${model.origin}: ${events.join('; ')}${gap}`, 900)
}

function draw(model: TimelineModel, frame: Frame, label: string): Markup {
  const left = frame.gutter + EDGE
  const right = frame.width - EDGE
  const at = (ms: number) => px(left + ((ms - model.from) / (model.to - model.from)) * (right - left))
  let y = 6
  const body: Markup[] = []
  for (const lane of model.lanes) {
    const drawn = drawLane(lane, frame, at, y)
    body.push(drawn.markup)
    y = drawn.bottom
  }
  const lanesEnd = y
  let answersEnd = y
  if (model.answers.length > 0) {
    const drawn = drawAnswers(model, frame, at, y + 8)
    body.push(drawn.markup)
    y = drawn.bottom
    answersEnd = drawn.rowsEnd
  }
  const axisY = y + 4
  const zero = model.from <= 0 && model.to >= 0
  return html`<svg
    viewBox="0 0 ${frame.width} ${px(axisY + 40)}"
    role="img"
    aria-label="${label}"
    font-size="${frame.font}"
  >
    ${grid(model, frame, at, axisY)}
    ${model.outages.map((outage) => drawBand(outage, at, left, right, lanesEnd, answersEnd))}
    ${zero && html`<line class="tl-zero" x1="${at(0)}" x2="${at(0)}" y1="2" y2="${answersEnd}"></line>`} ${body}
  </svg>`
}

function grid(model: TimelineModel, frame: Frame, at: (ms: number) => number, axisY: number): Markup {
  const seconds = model.to - model.from >= 4000
  const text = (ms: number) => (ms === 0 ? '0' : seconds ? (ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 1) : String(ms))
  const signed = (ms: number) => (ms > 0 ? '+' : '') + text(ms).replace('-', '−')
  const inside = ticks(model.from, model.to, frame.ticks)
  const left = frame.gutter + EDGE
  return html`${inside.map(
      (ms) =>
        html`<line class="tl-grid" x1="${at(ms)}" x2="${at(ms)}" y1="2" y2="${axisY}"></line>
          <text class="tl-tick" x="${clamp(at(ms), left + 8, frame.width - 14)}" y="${axisY + 15}" text-anchor="middle">
            ${signed(ms)}
          </text>`,
    )}
    <line class="tl-axis" x1="${left}" x2="${frame.width - EDGE}" y1="${axisY}" y2="${axisY}"></line>
    <text class="tl-tick" x="${frame.width - EDGE}" y="${axisY + 32}" text-anchor="end">
      ${seconds ? 'seconds' : 'milliseconds'} from ${model.origin}
    </text>`
}

function drawLane(
  lane: Lane,
  frame: Frame,
  at: (ms: number) => number,
  top: number,
): { markup: Markup; bottom: number } {
  const above = frame.gutter > 0 ? 0 : ROW - 3
  const line = top + above + ROW - 5
  const texts = lane.marks.map(labelOf)
  const wanted = lane.marks.map((mark, index) => ({
    x: at(mark.at),
    width: textWidth(`${texts[index]?.what} ${texts[index]?.when}`, frame.font),
  }))
  const spots = placeLabels(wanted, frame.gutter + 2, frame.width - 2)
  const rows = Math.max(0, ...spots.map(({ row }) => row))
  const markup = html`<line
      class="tl-rail"
      x1="${frame.gutter + EDGE}"
      x2="${frame.width - EDGE}"
      y1="${line}"
      y2="${line}"
    ></line>
    ${laneName(lane.name, frame, top + 14)} ${spots.map((spot, index) => drawLeader(wanted[index]?.x ?? 0, line, spot))}
    ${spots.map((spot, index) => drawMark(lane.marks[index], wanted[index]?.x ?? 0, line, spot))}`
  return { markup, bottom: line + rows * ROW + 14 }
}

function drawLeader(x: number, line: number, spot: Placed): Markup | undefined {
  if (spot.markRow === 0) return undefined
  return html`<path class="tl-leader" d="M${x} ${line}v${spot.markRow * ROW}"></path>
    <circle class="tl-dot" cx="${x}" cy="${line}" r="2"></circle>`
}

/* A label that had to go down takes its mark with it, so that no mark is read with another's label. */
function drawMark(mark: Mark | undefined, x: number, line: number, spot: Placed): Markup | undefined {
  if (mark === undefined) return undefined
  const { what, when } = labelOf(mark)
  return html`${glyph(mark.shape, x, line + spot.markRow * ROW)}
    <text class="tl-label" x="${px(spot.x)}" y="${line + spot.row * ROW + 4}">
      <title>${mark.label}</title>${what} <tspan class="tl-when">${when}</tspan>
    </text>`
}

function labelOf(mark: Mark): { what: string; when: string } {
  return { what: shorten(mark.kind, 26) + (mark.count > 1 ? ` ×${mark.count}` : ''), when: offset(mark.at) }
}

/* Shapes differ as well as colours. */
function glyph(shape: Shape, x: number, y: number): Markup {
  switch (shape) {
    case 'cross':
      return html`<path class="tl-cross" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"></path>`
    case 'ring':
      return html`<circle class="tl-ring" cx="${x}" cy="${y}" r="4.5"></circle>`
    case 'disc':
      return html`<circle class="tl-disc" cx="${x}" cy="${y}" r="5"></circle>`
    case 'diamond':
      return html`<path class="tl-diamond" d="M${x} ${y - 6}l5.5 6l-5.5 6l-5.5 -6z"></path>`
    case 'triangle':
      return html`<path class="tl-triangle" d="M${x - 5} ${y - 5.5}l10.5 5.5l-10.5 5.5z"></path>`
    case 'square':
      return html`<rect class="tl-square" x="${x - 4}" y="${y - 4}" width="8" height="8"></rect>`
  }
}
