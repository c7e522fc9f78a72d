import type { SourceLocation, SourceText } from '../source-text.ts'
import { KeepalivedConfError } from './error.ts'

/** One word of the file, without its quotes. */
export interface Word {
  readonly text: string
  readonly quoted: boolean
  readonly at: SourceLocation
}

export type Token =
  | { readonly type: 'word'; readonly word: Word }
  | { readonly type: 'open' | 'close' | 'newline'; readonly at: SourceLocation }

/**
 * Cuts a keepalived.conf into words, braces and line ends. `!` and `#` begin a comment anywhere outside quotes; a
 * backslash takes away their meaning, and at the end of a line joins it to the next (keepalived 2.2.7, lib/parser.c,
 * decomment and read_line).
 */
export function scan(source: SourceText): Token[] {
  const tokens: Token[] = []
  source.lines.forEach((text, index) => {
    const line = index + 1
    let column = 0
    while (column < text.length) {
      const char = text.charAt(column)
      if (char === '!' || char === '#') break
      if (/\s/.test(char)) {
        column++
      } else if (char === '{' || char === '}') {
        tokens.push({ type: char === '{' ? 'open' : 'close', at: { line, column: column + 1 } })
        column++
      } else if (char === '\\' && text.slice(column + 1).trim() === '') {
        return
      } else {
        const { word, next } = scanWord(source, line, column)
        tokens.push({ type: 'word', word })
        column = next
      }
    }
    tokens.push({ type: 'newline', at: { line, column: Math.max(1, text.length) } })
  })
  return tokens
}

function scanWord(source: SourceText, line: number, start: number): { word: Word; next: number } {
  const text = source.lines[line - 1] ?? ''
  let value = ''
  let quoted = false
  let column = start
  for (; column < text.length; column++) {
    const char = text.charAt(column)
    if (char === '"') {
      const end = text.indexOf('"', column + 1)
      if (end === -1) {
        throw new KeepalivedConfError(
          'LVSLAB_E_KEEPALIVED_CONF_SYNTAX',
          source,
          { line, column: column + 1, length: text.length - column },
          'this quote is not closed on its line',
        )
      }
      value += text.slice(column + 1, end)
      quoted = true
      column = end
    } else if (char === '\\' && column + 1 < text.length) {
      value += text.charAt(++column)
    } else if (/[\s{}!#]/.test(char)) {
      break
    } else {
      value += char
    }
  }
  return { word: { text: value, quoted, at: { line, column: start + 1, length: column - start } }, next: column }
}
