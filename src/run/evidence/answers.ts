import { posix } from 'node:path'
import { ANSWER_LIMIT, TAILS } from './questions.ts'

export interface Answer {
  /** Path below the node's folder: never outside it. */
  readonly file: string
  readonly text: string
}

/** The files in what a machine printed, with a note in each that is not whole. */
export function answersIn(text: string, mark: string): Answer[] {
  return text
    .split(`\n${mark} `)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n')
      const name = end === -1 ? section : section.slice(0, end)
      // Whatever a machine says its files are called, they stay in its folder.
      const file = posix.join('/', name).slice(1)
      return { file, text: bounded(file, end === -1 ? '' : section.slice(end + 1)) }
    })
    .filter(({ file }) => file !== '')
}

function bounded(file: string, text: string): string {
  if (Buffer.byteLength(text) <= ANSWER_LIMIT) return text
  return TAILS.has(file)
    ? `[lvslab: only the last ${ANSWER_LIMIT} bytes were kept]\n${text}`
    : `${text}\n[lvslab: only the first ${ANSWER_LIMIT} bytes were kept]\n`
}
