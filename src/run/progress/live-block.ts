import { stripVTControlCharacters } from 'node:util'

/** What a block needs of a terminal. */
export interface Terminal {
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

/**
 * Lines at the bottom of a terminal that are drawn over again and again, and above them lines that stay. Each change is
 * one write, erases only behind what it has written, and leaves the cursor after the block, so nothing flickers.
 */
export class LiveBlock {
  readonly #terminal: Terminal
  /** Widths of the lines that are on the screen now. */
  #drawn: readonly number[] = []

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Columns that a line may fill: the last stays free, for terminals that wrap as soon as it is filled. */
  get width(): number {
    return Math.max(10, (this.#terminal.columns ?? 80) - 1)
  }

  /** Draws the block anew; lines that are too long are cut, and so are lines for which the terminal is too low. */
  draw(lines: readonly string[]): void {
    this.#replace('', lines)
  }

  /** Writes lines that stay, above the block. */
  print(text: string, lines: readonly string[]): void {
    this.#replace(text.endsWith('\n') ? text : `${text}\n`, lines)
  }

  /** Takes the block off the screen; the next thing written stands where it began. */
  clear(): void {
    if (this.#drawn.length > 0) this.#replace('', [])
  }

  #replace(above: string, lines: readonly string[]): void {
    const shown = lines.slice(0, Math.max(1, (this.#terminal.rows ?? 24) - 1)).map((line) => cut(line, this.width))
    const rest = above.replaceAll('\n', '\u001b[K\n')
    const body = shown.map((line) => `${line}\u001b[K`).join('\n')
    this.#terminal.write(`${this.#toTop()}${rest}${body}\u001b[J`)
    this.#drawn = shown.map(widthOf)
  }

  /** A terminal that became narrower has broken the lines that are on it. */
  #toTop(): string {
    const columns = this.#terminal.columns ?? 80
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    return rows > 1 ? `\r\u001b[${rows - 1}A` : '\r'
  }
}

function widthOf(line: string): number {
  return [...stripVTControlCharacters(line)].length
}

const ESCAPE = /\u001b\[[0-9;]*m/y

/** At most `width` columns, with an ellipsis where something was cut; colours cost nothing and are switched off again. */
export function cut(line: string, width: number): string {
  if (widthOf(line) <= width) return line
  let text = ''
  let left = width - 1
  let colored = false
  for (let at = 0; at < line.length && left > 0;) {
    ESCAPE.lastIndex = at
    const escape = ESCAPE.exec(line)?.[0]
    const next = escape ?? String.fromCodePoint(line.codePointAt(at) ?? 32)
    if (escape === undefined) left -= 1
    else colored = true
    text += next
    at += next.length
  }
  return `${text}…${colored ? '\u001b[0m' : ''}`
}
