import type { ClaimRecord, RunRecord, TopologyRecord } from '../../run/record.ts'
import { headline, inOrder } from '../summary.ts'
import { claimSection } from './claim.ts'
import { claimIndex } from './claim-index.ts'
import { findingsSection } from './findings.ts'
import { documentSummary } from './document-summary.ts'
import { anchors as anchorsOf } from './links.ts'
import { html, type Markup } from './markup.ts'
import { runHeader } from './run-header.ts'
import { SCRIPT } from './script.ts'
import { pageShell } from './shell.ts'
import { topologySection } from './topology.ts'

/**
 * A run as one self-contained page: no network, no other files, complete without JavaScript. Evidence is linked by paths
 * relative to the page.
 */
export function renderHtml(run: RunRecord): string {
  const claims = inOrder(run.claims)
  const anchors = anchorsOf(claims)
  const all = clusters(run, claims)
  const body = html`
    <a class="skip-link" href="#main">Skip to the claims</a>
    <div class="page">
      ${runHeader(run)}
      <main id="main">
        ${documentSummary(run, all)} ${claimIndex(claims, anchors)} ${findingsSection(claims, anchors)}
        ${all.map((cluster) => clusterSection(cluster, anchors, run))}
      </main>
      <footer class="page-foot muted">
        Made from <a href="./run.json">run.json</a> (${run.schema}) by lvslab ${run.lvslab}. A claim passes, fails, or
        is inconclusive when the machine could not keep time well enough to tell.
      </footer>
    </div>
  `
  return pageShell({ title: headline(run), generator: run.lvslab, body, script: SCRIPT })
}

interface Cluster {
  readonly name: string
  readonly anchor: string
  readonly topology: TopologyRecord | undefined
  readonly claims: readonly ClaimRecord[]
}

/** The run's topologies in its own order, then those that only a claim names. */
function clusters(run: RunRecord, claims: readonly ClaimRecord[]): Cluster[] {
  const names = new Set([...run.topologies.map(({ name }) => name), ...claims.map(({ topology }) => topology)])
  return [...names].map((name, index) => ({
    name,
    // No claim's anchor has a colon.
    anchor: `cluster:${index + 1}`,
    topology: run.topologies.find((topology) => topology.name === name),
    claims: claims.filter((claim) => claim.topology === name),
  }))
}

function clusterSection(
  { name, anchor, topology, claims }: Cluster,
  anchors: ReadonlyMap<ClaimRecord, string>,
  run: RunRecord,
): Markup {
  const title = topology ? html`${topology.title}` : html`claims of a cluster that the record does not describe`
  return html`<section class="cluster" aria-labelledby="${anchor}">
    <h2 id="${anchor}">
      <span class="cluster-name">${name}</span> ${title}
      ${topology?.document !== undefined && html`<span class="muted">document ${topology.document}</span>`}
    </h2>
    ${topology && html`<div class="card">${topologySection(topology)}</div>`}
    ${claims.map((claim) => claimSection(claim, anchors.get(claim) ?? '', run))}
  </section>`
}
