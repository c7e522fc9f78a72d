import { quantile } from 'simple-statistics'
import type { Timeline } from '../../run/record.ts'
import { duration, offset } from '../quantity.ts'
import { plural, shorten } from '../text.ts'
import { ticks } from './label-layout.ts'
import { html, px, type Content, type Markup } from './markup.ts'
import { trafficOf, type Series, type TrafficModel } from './traffic-model.ts'

interface Size {
  readonly width: number
  readonly gutter: number
  readonly font: number
  readonly ticks: number
}

const WIDE: Size = { width: 1000, gutter: 52, font: 12.5, ticks: 8 }
const NARROW: Size = { width: 360, gutter: 52, font: 11.5, ticks: 4 }
const BARS = 110
const DOTS = 80
const TOP = 22
const BETWEEN = 26
const COLORS = 6

/** Who answered the client over time, with the time under a fault shaded, and below it how long answers took. */
export function trafficSection(timeline: Timeline): Content {
  const model = trafficOf(timeline)
  if (model === undefined) return undefined
  const label = describe(model)
  return html`<figure class="traffic">
    <figcaption>Requests answered over time: ${timeline.title}</figcaption>
    <ul class="legend">
      ${model.series.map(
        (series, index) =>
          html`<li>
            <span class="swatch ${colorOf(series, index)}" aria-hidden="true"></span
            ><span>${shorten(series.name, 60)}</span>
            <b>${series.perBin.reduce((sum, count) => sum + count, 0)}</b>
          </li> `,
      )}
      ${
        model.faults.length > 0 &&
        html`<li><span class="swatch tr-shade-swatch" aria-hidden="true"></span><span>under the fault</span></li>`
      }
    </ul>
    <div class="wide">${draw(model, WIDE, label)}</div>
    <div class="narrow">${draw(model, NARROW, label)}</div>
  </figure>`
}

function colorOf({ ok }: Series, index: number): string {
  return ok ? `tr-s${index % COLORS}` : 'tr-failed'
}

function describe(model: TrafficModel): string {
  const sums = model.series.map(({ name, perBin }) => `${shorten(name, 40)} ${perBin.reduce((a, b) => a + b, 0)}`)
  const took = model.latencies.map(({ ms }) => ms)
  const latency =
    took.length === 0
      ? ''
      : `; answers took ${duration(quantile(took, 0.5))} in the middle, ${duration(Math.max(...took))} at most`
  const faults = model.faults.map(({ from, to }) => `; under the fault from ${offset(from)} to ${offset(to)}`).join('')
  return shorten(`Requests per ${duration(model.binMs)}: ${sums.join(', ')}${latency}${faults}`, 600)
}

function draw(model: TrafficModel, size: Size, label: string): Markup {
  const [left, right] = [size.gutter, size.width - 10]
  const at = (ms: number) => px(left + ((ms - model.from) / (model.to - model.from)) * (right - left))
  const barsEnd = TOP + BARS
  const dotsTop = barsEnd + BETWEEN
  const dotsEnd = dotsTop + DOTS
  const hasDots = model.latencies.length > 0
  const end = hasDots ? dotsEnd : barsEnd
  return html`<svg viewBox="0 0 ${size.width} ${end + 40}" role="img" aria-label="${label}" font-size="${size.font}">
    ${model.faults.map(
      ({ from, to }) =>
        html`<rect
          class="tr-shade"
          x="${at(from)}"
          width="${px(at(to) - at(from))}"
          y="${TOP}"
          height="${end - TOP}"
        ></rect>`,
    )}
    ${axis(model, size, at, end)} ${bars(model, at, barsEnd)} ${scale(model.most, size, TOP, barsEnd, (n) => String(n))}
    <text class="tl-tick" x="${left}" y="${TOP - 8}">requests per ${duration(model.binMs)}</text>
    ${hasDots && dots(model, size, at, dotsTop, dotsEnd)}
    ${model.faults.map(({ from }) => html`<line class="tl-zero" x1="${at(from)}" x2="${at(from)}" y1="${TOP}" y2="${end}"></line>`)}
  </svg>`
}

function axis(model: TrafficModel, size: Size, at: (ms: number) => number, y: number): Markup {
  const text = (ms: number) => (ms > 0 ? '+' : '') + String(ms / 1000).replace('-', '−')
  const marks = ticks(model.from / 1000, model.to / 1000, size.ticks).map((s) => s * 1000)
  return html`<line class="tl-axis" x1="${size.gutter}" x2="${size.width - 10}" y1="${y}" y2="${y}"></line>
    ${marks.map(
      (ms) =>
        html`<line class="tl-grid" x1="${at(ms)}" x2="${at(ms)}" y1="${TOP}" y2="${y}"></line>
          <text class="tl-tick" x="${at(ms)}" y="${y + 15}" text-anchor="middle">${text(px(ms))}</text>`,
    )}
    <text class="tl-tick" x="${size.width - 10}" y="${y + 32}" text-anchor="end">seconds from ${model.origin}</text>`
}

function bars(model: TrafficModel, at: (ms: number) => number, bottom: number): Markup[] {
  const height = (count: number) => px((count / model.most) * BARS)
  const below = new Map<number, number>()
  return model.series.map((series, index) => {
    const path = series.perBin
      .map((count, bin) => {
        if (count === 0) return ''
        const base = below.get(bin) ?? 0
        below.set(bin, base + count)
        const from = at(model.from + bin * model.binMs)
        const width = px(Math.max(1, at(model.from + (bin + 1) * model.binMs) - from - 1))
        return `M${from} ${px(bottom - height(base))}h${width}v${-height(count)}h${-width}z`
      })
      .join('')
    return html`<path class="${colorOf(series, index)}" d="${path}"></path>`
  })
}

function scale(most: number, size: Size, top: number, bottom: number, text: (n: number) => string): Markup[] {
  return [0, most].map(
    (n) =>
      html`<text
        class="tl-tick"
        x="${size.gutter - 6}"
        y="${px(n === 0 ? bottom : top + size.font / 2 - 1)}"
        text-anchor="end"
      >
        ${text(n)}
      </text>`,
  )
}

/* On a linear scale a second would press the usual milliseconds flat: each step up is ten times as long. */
function dots(model: TrafficModel, size: Size, at: (ms: number) => number, top: number, bottom: number): Markup {
  const least = 1
  const most = 10 ** Math.ceil(Math.log10(Math.max(10, ...model.latencies.map(({ ms }) => ms))))
  const y = (ms: number) =>
    px(bottom - (Math.log10(Math.max(least, ms) / least) / Math.log10(most / least)) * (bottom - top))
  const path = model.latencies.map(({ at: begun, ms }) => `M${at(begun)} ${y(ms)}h0`).join('')
  const decades: number[] = []
  for (let ms = least; ms <= most; ms *= 10) decades.push(ms)
  return html`${decades.map(
      (ms) =>
        html`<line class="tl-grid" x1="${size.gutter}" x2="${size.width - 10}" y1="${y(ms)}" y2="${y(ms)}"></line>
          <text class="tl-tick" x="${size.gutter - 6}" y="${px(y(ms) + 4)}" text-anchor="end">${duration(ms)}</text>`,
    )}
    <path class="tr-dots" d="${path}"></path>
    <text class="tl-tick" x="${size.gutter}" y="${px(top - 8)}"
      >time to the whole answer, ${plural(model.latencies.length, 'request')}</text
    >`
}
