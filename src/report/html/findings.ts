import type { ClaimRecord, Finding } from '../../run/record.ts'
import { html, prose, type Content, type Markup } from './markup.ts'

export function findingItem(finding: Finding): Markup {
  return html`<li>${findingBody(finding)}</li>`
}

function findingBody(finding: Finding): Markup {
  return html`<span class="pre">${prose(finding.text)}</span>${
      finding.evidence !== undefined && html` <span class="detail pre">${prose(finding.evidence)}</span>`
    }`
}

/** All findings of the run in one place, each with the claim that met it. */
export function findingsSection(claims: readonly ClaimRecord[], anchors: ReadonlyMap<ClaimRecord, string>): Content {
  const all = claims.flatMap((claim) => claim.findings.map((finding) => ({ claim, finding })))
  if (all.length === 0) return undefined
  return html`<section aria-labelledby="findings">
    <h2 id="findings">Findings</h2>
    <p class="muted lead">True of the cluster, and not said by its document, or said otherwise.</p>
    <ul class="finding-list card">
      ${all.map(
        ({ claim, finding }) =>
          html`<li>
            <a class="claim-id" href="#${anchors.get(claim)}">${claim.id}</a>
            <div>${findingBody(finding)}</div>
          </li> `,
      )}
    </ul>
  </section>`
}
