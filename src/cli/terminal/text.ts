import { stripVTControlCharacters } from 'node:util'

/** How many columns a text takes, colours aside. Good for the project's own texts: every character is one column wide. */
export function columnsOf(text: string): number {
  return [...stripVTControlCharacters(text)].length
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columnsOf(text))) + text
}

/** Lines of at most `width` columns; a word that is longer has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines
}

export interface TableOptions {
  /** Columns to stay within; only the last column gives way. */
  readonly width: number
  /** Spaces before each line. */
  readonly indent?: number
  /** Columns, counted from 0, whose cells stand at the right. */
  readonly right?: readonly number[]
}

/** Rows with their cells below each other. The last cell is wrapped under itself. */
export function table(rows: readonly (readonly string[])[], { width, indent = 0, right = [] }: TableOptions): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...rows.map((row) => columnsOf(row[at] ?? ''))))
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, indent)
  return rows.flatMap((row) => {
    const head = widths.slice(0, -1).map((each, at) => {
      const cell = row[at] ?? ''
      return `${right.includes(at) ? padStart(cell, each) : padEnd(cell, each)}  `
    })
    const last = row[count - 1] ?? ''
    const room = Math.max(16, width - before)
    const lines = right.includes(count - 1) ? [padStart(last, widths.at(-1) ?? 0)] : wrap(last, room)
    return lines.map((line, at) =>
      ((at === 0 ? ' '.repeat(indent) + head.join('') : ' '.repeat(before)) + line).trimEnd(),
    )
  })
}
