import type { SourceLocation, SourceText } from '../source-text.ts'

/** A word of ha.cf or haresources with its place. */
export interface Word {
  readonly text: string
  readonly at: SourceLocation
}

/** Where something is that no word says. */
export const START: Word = { text: '', at: { line: 1, column: 1 } }

/** A line of ha.cf: its directive and the values behind it. */
export interface DirectiveLine {
  readonly directive: Word
  readonly values: readonly Word[]
}

/**
 * The lines of ha.cf. `#` begins a comment anywhere; blanks and commas part the values (heartbeat/config.c,
 * parse_config).
 */
export function directiveLines(source: SourceText): DirectiveLine[] {
  return source.lines.flatMap((line, index) => {
    const text = line.replace(/#.*/, '')
    // A directive ends at a blank, a value at a comma as well.
    const name = /\S+/.exec(text)
    if (name === null) return []
    const end = name.index + name[0].length
    const values = words(text.slice(end), /[^\s,]+/g, index, end)
    return [{ directive: toWord(name[0], index, name.index), values }]
  })
}

/**
 * The logical lines of haresources: comments taken away, and lines that end in a backslash joined with the next (the
 * `ipres` function of heartbeat's ResourceManager).
 */
export function resourceLines(source: SourceText): Word[][] {
  const logical: Word[][] = []
  let joined = false
  source.lines.forEach((line, index) => {
    const text = line.replace(/#.*/, '')
    const continues = text.endsWith('\\')
    const found = words(continues ? text.slice(0, -1) : text, /\S+/g, index, 0)
    const open = joined ? logical.at(-1) : undefined
    if (open === undefined) logical.push(found)
    else open.push(...found)
    joined = continues
  })
  return logical.filter((line) => line.length > 0)
}

function words(text: string, pattern: RegExp, index: number, offset: number): Word[] {
  return [...text.matchAll(pattern)].map((match) => toWord(match[0], index, offset + match.index))
}

function toWord(text: string, index: number, column: number): Word {
  return { text, at: { line: index + 1, column: column + 1, length: text.length } }
}
