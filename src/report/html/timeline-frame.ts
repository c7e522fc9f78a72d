import { fit, textWidth } from './label-layout.ts'
import { html, type Markup } from './markup.ts'

/** The measures of a picture. */
export interface Frame {
  readonly width: number
  /** Room for the lanes' names left of them; 0 puts each name above its lane. */
  readonly gutter: number
  readonly font: number
  readonly ticks: number
}

/* One picture cannot serve a phone and a desk: scaled down its text is too small to read. Both are in the page and the
   style sheet shows one. */
export const WIDE: Frame = { width: 1040, gutter: 168, font: 12.5, ticks: 12 }
export const NARROW: Frame = { width: 350, gutter: 0, font: 11.5, ticks: 7 }

export const ROW = 18
export const EDGE = 8

/** A lane's name, with a muted number after it. */
export function laneName(name: string, frame: Frame, y: number, note = ''): Markup {
  const room = (frame.gutter > 0 ? frame.gutter - 10 : frame.width * 0.8) - textWidth(note, frame.font)
  const text = html`<title>${name}</title
    >${fit(name, room / 1.1, frame.font)}${note !== '' && html`<tspan class="tl-note"> ${note}</tspan>`}`
  return frame.gutter > 0
    ? html`<text class="tl-lane" x="${frame.gutter - 6}" y="${y}" text-anchor="end">${text}</text>`
    : html`<text class="tl-lane" x="${EDGE}" y="${y}">${text}</text>`
}
