import type { Topology, TopologyGroup } from '../../topology/index.ts'
import type { ClaimListing } from '../../run/index.ts'
import type { Look } from '../terminal/output.ts'
import { table } from '../terminal/text.ts'

const GROUPS: Readonly<Record<TopologyGroup, string>> = {
  regressions: 'known regressions, red with a version that has one; run only when named: npx lvslab run regressions',
  versions: 'pairs of several versions; run only when named: npx lvslab run versions',
}

/** Topologies with what is proved of them. */
export function renderList(topologies: readonly Topology[], claims: readonly ClaimListing[], look: Look): string {
  const { ink, width } = look
  const idWidth = Math.max(0, ...claims.map(({ id }) => id.length))
  const clusters = topologies.map((topology, index) => {
    const own = claims.filter((claim) => claim.topology === topology.name)
    const [head = '', ...more] = table([[ink.bold(topology.name), topology.title]], { width })
    const rows = own.map(({ id, title, negative, records }) => [
      ink.name(id.padEnd(idWidth)),
      [negative ? `${ink.warn('(negative)')} ` : '', title, ...records.map((kind) => ` ${ink.dim(`[${kind}]`)}`)].join(
        '',
      ),
    ])
    // Said once, before the first of a group.
    const { group } = topology
    const begins = group !== undefined && topologies[index - 1]?.group !== group
    const about = begins ? table([[ink.bold(group), GROUPS[group]]], { width }) : []
    return [
      ...(begins ? [...about, ''] : []),
      head,
      ...more,
      ...(own.length === 0 ? [ink.dim('  no claims yet')] : table(rows, { width, indent: 2 })),
    ].join('\n')
  })
  const known = new Set(topologies.map(({ name }) => name))
  const others = claims.filter(({ topology }) => !known.has(topology))
  const rest = table(
    others.map(({ id, topology, title }) => [ink.name(id), `${topology}: ${title}`]),
    { width, indent: 2 },
  )
  return [...clusters, ...(rest.length > 0 ? [rest.join('\n')] : [])].join('\n\n')
}
