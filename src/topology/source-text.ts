/** A place in a text file, counted from 1 as editors do. */
export interface SourceLocation {
  readonly line: number
  readonly column: number
  /** How many characters the caret underlines; 1 when absent. */
  readonly length?: number
}

/** A text file that errors point into. */
export class SourceText {
  /** As the reader of an error should see it: absolute, or relative to where they stand. */
  readonly file: string
  readonly text: string
  readonly lines: readonly string[]

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    this.lines = text.split(/\r?\n/)
  }

  /** "topologies/dr-vrrp/topology.yaml:12:5", which terminals and editors turn into a link. */
  label(at: SourceLocation): string {
    return `${this.file}:${at.line}:${at.column}`
  }

  /**
   * The line with its number, and a caret under the place:
   *
   *     12 |   address: 192.168.89.8/24
   *        |            ^^^^^^^^^^^^^^^
   */
  excerpt(at: SourceLocation): string {
    const line = this.lines[at.line - 1] ?? ''
    const number = String(at.line)
    const room = Math.max(1, line.length - (at.column - 1))
    const carets = '^'.repeat(Math.min(Math.max(1, at.length ?? 1), room))
    // A tab before the place must stay a tab, or the caret stands elsewhere.
    const lead = line.slice(0, at.column - 1).replace(/[^\t]/g, ' ')
    return `${number} | ${line}\n${' '.repeat(number.length)} | ${lead}${carets}`
  }
}
