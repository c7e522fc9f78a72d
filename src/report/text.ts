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
