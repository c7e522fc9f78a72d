import { CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { escape, html, trusted, type Markup } from '../html/markup.ts'

use([CustomChart, LineChart, ScatterChart, GridComponent, SVGRenderer])

/**
 * echarts wants colours, and the page's follow the reader's scheme: each stands for one of the style sheet's variables
 * and is put in its place when the picture is drawn.
 */
const INKS = {
  text: '#0a0b01',
  muted: '#0a0b02',
  line: '#0a0b03',
  axis: '#0a0b04',
  s0: '#0a0b10',
  s1: '#0a0b11',
  s2: '#0a0b12',
  s3: '#0a0b13',
  s4: '#0a0b14',
  s5: '#0a0b15',
} as const
const VARIABLES: Readonly<Record<keyof typeof INKS, string>> = {
  text: '--text',
  muted: '--muted',
  line: '--line',
  axis: '--line-strong',
  s0: '--s0',
  s1: '--s1',
  s2: '--s2',
  s3: '--s3',
  s4: '--s4',
  s5: '--s5',
}

export { INKS }
export const SERIES_INKS = [INKS.s0, INKS.s1, INKS.s2, INKS.s3, INKS.s4, INKS.s5] as const
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'

/** How much room a picture has. */
export interface Room {
  readonly width: number
  readonly narrow: boolean
}

export interface Chart {
  readonly title: string
  /** What it shows, for those who do not see it. */
  readonly description: string
  readonly height: (room: Room) => number
  readonly option: (room: Room) => EChartsCoreOption
  readonly legend?: readonly string[]
}

const WIDE: Room = { width: 520, narrow: false }
const NARROW: Room = { width: 340, narrow: true }

/** A picture in a figure, drawn for both widths. */
export function chartFigure(chart: Chart): Markup {
  return html`<figure class="plot">
    <figcaption>${chart.title}</figcaption>
    ${
      chart.legend !== undefined &&
      html`<ul class="legend">
        ${chart.legend.map(
          (name, index) =>
            html`<li>
              <span class="swatch tr-s${index % SERIES_INKS.length}" aria-hidden="true"></span><span>${name}</span>
            </li> `,
        )}
      </ul>`
    }
    <div class="wide">${draw(chart, WIDE)}</div>
    <div class="narrow">${draw(chart, NARROW)}</div>
  </figure>`
}

/** One picture as SVG. */
export function draw(chart: Chart, room: Room): Markup {
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width: room.width, height: chart.height(room) })
  try {
    canvas.setOption({
      ...{ animation: false, textStyle: { fontFamily: FONT, fontSize: 12, color: INKS.text } },
      ...chart.option(room),
    })
    const svg = canvas.renderToSVGString({ useViewBox: true })
    return trusted(inVariables(svg).replace('<svg ', `<svg role="img" aria-label="${escape(chart.description)}" `))
  } finally {
    canvas.dispose()
  }
}

function inVariables(svg: string): string {
  return Object.entries(INKS).reduce((text, [name, ink]) => {
    return text.replaceAll(ink, `var(${VARIABLES[name as keyof typeof INKS]})`)
  }, svg)
}

/** An axis in the page's style. */
export function axis(name: string, more: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    ...{ name, nameLocation: 'middle', nameTextStyle: { color: INKS.muted, fontSize: 12 } },
    axisLabel: { color: INKS.muted, fontSize: 12, ...(more['axisLabel'] as object | undefined) },
    axisLine: { show: true, lineStyle: { color: INKS.axis } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: INKS.line } },
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'axisLabel')),
  }
}
