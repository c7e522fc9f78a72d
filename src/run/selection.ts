import { LvslabError } from '../errors.ts'
import { listTopologies, type Claim, type Topology } from '../topology/index.ts'

export interface ClaimListing extends Claim {
  readonly topology: string
  readonly document?: string
}

/** Every claim of every topology, in the order of the documents; then those of no document. */
export async function listClaims(): Promise<ClaimListing[]> {
  const topologies = await listTopologies()
  return topologies.flatMap(({ name, document, claims }) =>
    claims.map((claim) => ({ ...claim, topology: name, ...(document === undefined ? {} : { document }) })),
  )
}

export interface Selection {
  /** Names of topologies and ids of claims; empty: every claim of a document. */
  readonly wanted: readonly string[]
  /** Only claims whose id, title or kind of record ("timeline") has this, case-insensitive. */
  readonly grep?: string | undefined
  /** Only the i-th of n equal parts, i from 1. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined
}

/** The selected claims by topology, in order. */
export async function selectClaims(selection: Selection): Promise<Map<Topology, Claim[]>> {
  const topologies = await listTopologies()
  const { wanted, grep, shard } = selection
  const known = new Set(topologies.flatMap(({ name, claims }) => [name, ...claims.map(({ id }) => id)]))
  const strangers = wanted.filter((name) => !known.has(name))
  if (strangers.length > 0) throw nothingMatches(strangers.join(', '), [...known])
  const matches = (topology: Topology, { id, title, records }: Claim): boolean =>
    ((wanted.length === 0 && topology.document !== undefined) ||
      wanted.includes(topology.name) ||
      wanted.includes(id)) &&
    (grep === undefined || [id, title, ...records].join(' ').toLowerCase().includes(grep.toLowerCase()))
  let position = 0
  const selected = new Map<Topology, Claim[]>()
  for (const topology of topologies) {
    const claims = topology.claims
      .filter((claim) => matches(topology, claim))
      .filter(() => shard === undefined || position++ % shard.count === shard.index - 1)
    if (claims.length > 0) selected.set(topology, claims)
  }
  if (selected.size === 0) throw nothingMatches(grep === undefined ? 'the selection' : `"${grep}"`, [...known])
  return selected
}

function nothingMatches(what: string, known: readonly string[]): LvslabError {
  return new LvslabError('nothingMatched', 'LVSLAB_E_NOTHING_MATCHED', `no claim matches ${what}`, {
    seen: `there are: ${known.join(', ')}`,
    todo: 'npx lvslab list shows all with their titles',
  })
}
