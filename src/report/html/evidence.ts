import type { ClaimRecord, Evidence } from '../../run/record.ts'
import { evidenceFolder } from '../evidence-path.ts'
import { size } from '../quantity.ts'
import { plural } from '../text.ts'
import { fileLink } from './links.ts'
import { html, type Content, type Markup } from './markup.ts'

/** What one opens first, by what it is; the rest, which a claim leaves that did not hold, by its machine. */
const FIRST: Readonly<Record<string, string>> = { capture: 'Captures', console: 'Consoles' }

/** The files that a claim left, and their folder. */
export function evidenceList(claim: ClaimRecord): Content {
  const items = claim.evidence
  if (items.length === 0) return undefined
  const rest = items.filter(({ kind }) => !(kind in FIRST))
  const shown = Object.entries(FIRST).map(
    ([kind, title]) => [title, items.filter((item) => item.kind === kind)] as const,
  )
  return html`${rest.length === 0 ? undefined : folderLine(claim)}${groups(shown)}
  ${
    rest.length > 0 &&
    html`<details class="evidence-more">
      <summary>State, journals, configuration and versions at the end: ${plural(rest.length, 'file')}</summary>
      ${groups(byMachine(rest))}
    </details>`
  }`
}

function folderLine(claim: ClaimRecord): Content {
  const folder = evidenceFolder(claim)
  const link = folder === undefined ? undefined : fileLink(folder)
  return link !== undefined && html`<p>Evidence: <a href="${link}/">${folder}</a></p>`
}

/** "node-1/ip.txt" is of node-1; what has no folder is of the cluster, or of the host. */
function byMachine(items: readonly Evidence[]): (readonly [string, readonly Evidence[]])[] {
  const machine = ({ label }: Evidence): string =>
    label.includes('/') ? label.slice(0, label.indexOf('/')) : 'cluster'
  return [...new Set(items.map(machine))].map((name) => [name, items.filter((item) => machine(item) === name)])
}

function groups(all: readonly (readonly [string, readonly Evidence[]])[]): Content {
  const filled = all.filter(([, items]) => items.length > 0)
  if (filled.length === 0) return undefined
  return html`<dl class="evidence">
    ${filled.map(
      ([title, items]) =>
        html`<div>
          <dt>${title}</dt>
          <dd>${items.map((item, index) => html`${index > 0 && ', '}${evidenceLink(item, title)}`)}</dd>
        </div> `,
    )}
  </dl>`
}

function evidenceLink({ path, label, bytes, note }: Evidence, group: string): Markup {
  const link = fileLink(path)
  if (link === undefined) return html`<span>${label} <code>${path}</code></span>`
  const text = label.startsWith(`${group}/`) ? label.slice(group.length + 1) : label
  return html`<a href="${link}">${text}</a>${bytes !== undefined && html` <span class="muted">${size(bytes)}</span>`}${
      note !== undefined && html` <span class="muted">(${note})</span>`
    }`
}
