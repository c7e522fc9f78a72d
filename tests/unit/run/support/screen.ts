import type { ProgressStream } from '../../../../src/run/progress/progress-view.ts'

/** A terminal of which only what the block needs is there: carriage return, newline, up, erase to the end. */
export class Screen implements ProgressStream {
  readonly isTTY = true
  writes = 0
  raw = ''
  readonly #rows: string[] = ['']
  #row = 0
  #column = 0

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {}

  /** What is on it, without blank lines. */
  get lines(): string[] {
    return this.#rows.map((row) => row.trimEnd()).filter((row) => row !== '')
  }

  write(text: string): void {
    this.writes += 1
    this.raw += text
    for (const [part] of text.matchAll(/\u001b\[(\d*)([A-Za-z])|[^]/gu)) this.#put(part)
  }

  #put(part: string): void {
    const [, count = '', command] = /^\u001b\[(\d*)([A-Za-z])$/.exec(part) ?? []
    const row = this.#rows[this.#row] ?? ''
    if (part === '\r') this.#column = 0
    else if (part === '\n') {
      this.#row += 1
      this.#column = 0
      if (this.#rows.length <= this.#row) this.#rows.push('')
    } else if (command === 'A') this.#row = Math.max(0, this.#row - Number(count || 1))
    else if (command === 'K') this.#rows[this.#row] = row.slice(0, this.#column)
    else if (command === 'J') {
      this.#rows[this.#row] = row.slice(0, this.#column)
      this.#rows.length = this.#row + 1
    } else if (command === 'm') return
    else if (command !== undefined) throw new Error(`the screen does not know ${JSON.stringify(part)}`)
    else {
      if (this.#column >= this.columns) throw new Error('a line is too long')
      this.#rows[this.#row] = row.slice(0, this.#column).padEnd(this.#column) + part + row.slice(this.#column + 1)
      this.#column += 1
    }
  }
}
