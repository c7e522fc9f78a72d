import { createHash } from 'node:crypto'
import { html, trusted, type Content } from './markup.ts'
import { STYLE } from './style.ts'

export interface PageShell {
  /** Shown by the browser; "· lvslab" is put behind it. */
  readonly title: string
  /** Everything in the body. */
  readonly body: Content
  /** Version of lvslab that made the page. */
  readonly generator?: string
  /** Style rules of this page alone, after the common ones. */
  readonly style?: string
  /** The page's only script; without one, none may run. */
  readonly script?: string
}

/**
 * A self-contained page in lvslab's look: no network, no other files. Escaping is the first wall, its
 * Content-Security-Policy the second: the page fetches nothing, and runs no script but its own, known by its hash.
 */
export function pageShell({ title, body, generator, style = '', script }: PageShell): string {
  // Whole elements, so that no formatter can put a space into them: the policy knows the script by its hash.
  const styleElement = trusted(`<style>${STYLE}${style}</style>`)
  const scriptElement = script === undefined ? undefined : trusted(`<script>${script}</script>`)
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy(script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${generator !== undefined && html`<meta name="generator" content="lvslab ${generator}" />`}
        <title>${title} · lvslab</title>
        ${styleElement}
      </head>
      <body>
        ${body} ${scriptElement}
      </body>
    </html> `
  return page.text.replace(/[ \t]*\n\s*(?=<)/g, '\n').trimStart()
}

function policy(script: string | undefined): string {
  const scripts =
    script === undefined ? '' : ` script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`
  return `default-src 'none'; style-src 'unsafe-inline';${scripts} base-uri 'none'; form-action 'none'`
}
