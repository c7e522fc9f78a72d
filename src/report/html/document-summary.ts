import type { ClaimRecord, RunRecord, Verdict } from '../../run/record.ts'
import { duration } from '../quantity.ts'
import { totals, VERDICT_WORD } from '../summary.ts'
import { html, type Content, type Markup } from './markup.ts'

const COLUMNS: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'skip']

export interface Cluster {
  readonly name: string
  /** Of its section in the page. */
  readonly anchor: string
  readonly claims: readonly ClaimRecord[]
}

/** What each document's clusters came to, one line each; nothing for a run of one cluster, whose sum the banner is. */
export function documentSummary(run: RunRecord, clusters: readonly Cluster[]): Content {
  if (clusters.length < 2) return undefined
  const ordered = clusters
    .map((cluster) => ({ ...cluster, topology: run.topologies.find(({ name }) => name === cluster.name) }))
    .toSorted((a, b) => (a.topology?.document ?? '~').localeCompare(b.topology?.document ?? '~', 'en'))
  return html`<section aria-labelledby="documents">
    <h2 id="documents">Documents</h2>
    <div class="card">
      <div class="scroll" tabindex="0" role="region" aria-label="Claims by document">
        <table class="documents">
          <thead>
            <tr>
              <th scope="col">Document</th>
              <th scope="col">Cluster</th>
              ${COLUMNS.map((verdict) => html`<th scope="col" class="num">${VERDICT_WORD[verdict]}</th> `)}
              <th scope="col" class="num">findings</th>
              <th scope="col" class="num">time</th>
            </tr>
          </thead>
          <tbody>
            ${ordered.map(({ name, anchor, claims, topology }) => row(run, name, anchor, claims, topology?.document))}
          </tbody>
        </table>
      </div>
    </div>
  </section>`
}

function row(
  run: RunRecord,
  name: string,
  anchor: string,
  claims: readonly ClaimRecord[],
  document: string | undefined,
): Markup {
  const sum = totals({ ...run, claims })
  return html`<tr>
    <td>${document ?? '–'}</td>
    <th scope="row"><a href="#${anchor}">${name}</a></th>
    ${COLUMNS.map((verdict) => html`<td class="num ${sum[verdict] > 0 ? verdict : 'muted'}">${sum[verdict]}</td> `)}
    <td class="num">${sum.findings}</td>
    <td class="num">${sum.claimsMs > 0 ? duration(sum.claimsMs) : '–'}</td>
  </tr> `
}
