import type { Figure } from '../run/record.ts'
import { excess, figureText, windowPhrase } from './quantity.ts'
import { oneLine } from './text.ts'

/** A figure against its window in a line of plain text: "takeover after the fault 3.03 s in 2.61–3.71 s". */
export function figureLine(figure: Figure): string {
  const { value, verdict } = figureParts(figure)
  return `${oneLine(figure.name)} ${value}${verdict === undefined ? '' : `${verdict.startsWith('in ') ? ' ' : ', '}${verdict}`}`
}

/** The same without its name: its value, and how that stands to the window, if there is one. */
export function figureParts(figure: Figure): { readonly value: string; readonly verdict: string | undefined } {
  const value = oneLine(figureText(figure).value)
  const phrase = windowPhrase(figure)
  if (phrase === undefined) return { value, verdict: undefined }
  const far = excess(figure)
  return { value, verdict: oneLine(far === undefined ? phrase : `${phrase} (${far})`) }
}
