import { printable } from '../text.ts'

/** Markup that is safe to put into a page: made by {@link html}, never from a bare string. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

/** What may stand in a template: strings are escaped; `undefined` and `false` are nothing; lists are joined. */
export type Content = Markup | string | number | undefined | false | readonly Content[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** `text` for an element's content or a quoted attribute. */
export function escape(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

function render(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'number') return String(content)
  return typeof content === 'string' ? escape(content) : content.map(render).join('')
}

/** A template whose every value is escaped unless it is {@link Markup} itself. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + render(values[index - 1]) + string))
}

/** Text of the program's own (style sheet, script) put in as it is. Never for anything out of a record. */
export function trusted(text: string): Markup {
  return new Markup(text)
}

/** Text in which `this` is code, as people write it in notes, reasons and findings. */
export function prose(text: string): Markup {
  const parts = text.split(/`([^`\n]+)`/)
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

/** An SVG coordinate: two decimals are a hundredth of a pixel. */
export function px(value: number): number {
  return Math.round(value * 100) / 100
}
