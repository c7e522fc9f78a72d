import { html, type Content, type Markup } from './markup.ts'

export type Fact = readonly [name: string, value: Content]

/** What a `<dl>` has in it: names, each with its value. */
export function factRows(facts: readonly Fact[]): Markup[] {
  return facts.map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div> `,
  )
}

/** What a page's reader must know to read its figures. */
export function factsCard(facts: readonly Fact[]): Markup {
  return html`<div class="card facts"><dl>${factRows(facts)}</dl></div>`
}
