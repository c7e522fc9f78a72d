import { stripVTControlCharacters } from 'node:util'

/* What a guest wrote is never trusted: escape sequences could repaint a terminal, direction overrides could show a
   verdict that is not there. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/* Half a surrogate pair is no character; a file would have U+FFFD for it. */
const HALF = /\p{Surrogate}/gu

/** `text` with control characters and bidirectional overrides made visible as U+FFFD; newline and tab stay. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(CONTROL, '\ufffd').replace(HALF, '\ufffd')
}

/** `text` as one line for a terminal: escape sequences gone, white space folded. */
export function oneLine(text: string): string {
  return printable(stripVTControlCharacters(text)).replace(/\s+/g, ' ').trim()
}

/** At most `max` characters, the last an ellipsis when something was cut. */
export function shorten(text: string, max: number): string {
  const characters = [...text]
  return characters.length <= max ? text : `${characters.slice(0, Math.max(1, max - 1)).join('')}…`
}

/** "1 claim", "2 claims". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** `text` as several lines without escape sequences, for files that programs read. */
export function plainLines(text: string): string {
  return printable(stripVTControlCharacters(text))
}

/** Lines of at most `width` characters, later ones hung by `hang`; a word longer than a line is cut. */
export function wrap(text: string, width: number, hang = 0): string[] {
  const lines: string[] = []
  let line: string[] = []
  const flush = () => {
    lines.push((lines.length > 0 ? ' '.repeat(hang) : '') + line.join(''))
    line = []
  }
  const room = () => width - (lines.length > 0 ? hang : 0)
  for (const word of text.split(' ')) {
    let letters = [...word]
    if (line.length > 0 && line.length + 1 + letters.length > room()) flush()
    if (line.length > 0) line.push(' ')
    while (line.length + letters.length > room()) {
      const fits = Math.max(1, room() - line.length)
      line.push(...letters.slice(0, fits))
      letters = letters.slice(fits)
      flush()
    }
    line.push(...letters)
  }
  if (line.length > 0 || lines.length === 0) flush()
  return lines
}
