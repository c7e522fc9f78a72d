import { plainLines } from '../text.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/* XML 1.0 has no character for most control codes, half a surrogate pair, or the two non-characters, escaped or not; one
   of them in what a guest wrote would make the whole file unreadable. plainLines has made the control codes visible. */
const NOT_XML = /[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function legal(text: string): string {
  return plainLines(text).replace(NOT_XML, '\ufffd')
}

/** Text of an element. */
export function xmlText(text: string): string {
  return legal(text).replace(/[&<>]/g, (character) => ENTITIES[character] ?? '')
}

type Attributes = Readonly<Record<string, string | number | undefined>>

/** An element; its content is markup already. Attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const list = given.map(([key, value]) => ` ${key}="${attribute(String(value))}"`).join('')
  return content === '' ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`
}

function attribute(text: string): string {
  return legal(text).replace(/[&<>"'\n\t]/g, (character) => ENTITIES[character] ?? '')
}
