import { html, type Content, type Markup } from './markup.ts'

/** What a page's reader must know to read its figures: names, each with its value. */
export function factsCard(facts: readonly (readonly [name: string, value: Content])[]): Markup {
  return html`<div class="card facts">
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div> `,
      )}
    </dl>
  </div>`
}
