import type { Verdict } from '../../run/record.ts'
import { VERDICT_MARK, VERDICT_WORD } from '../summary.ts'
import { html, type Markup } from './markup.ts'

/** A verdict: mark, word and colour. */
export function chip(verdict: Verdict): Markup {
  return html`<span class="chip ${verdict}"
    ><span aria-hidden="true">${VERDICT_MARK[verdict]}</span> ${VERDICT_WORD[verdict]}</span
  >`
}

export function negativeMark(negative: boolean): Markup | undefined {
  if (!negative) return undefined
  return html`<span class="negative" title="This claim proves that something does not work">negative</span>`
}
