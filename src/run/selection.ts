import { LvslabError } from '../errors.ts'
import { listTopologies, type Claim, type Topology, type TopologyGroup } from '../topology/index.ts'
import { partOf } from './part-of.ts'

export interface ClaimListing extends Claim {
  readonly topology: string
  readonly document?: string
  readonly group?: TopologyGroup
}

/** Every claim of every topology, in the order of the documents; those of groups come last. */
export async function listClaims(): Promise<ClaimListing[]> {
  const topologies = await listTopologies()
  return topologies.flatMap(({ name, document, group, claims }) =>
    claims.map((claim) => ({
      ...{ ...claim, topology: name },
      ...(document === undefined ? {} : { document }),
      ...(group === undefined ? {} : { group }),
    })),
  )
}

export interface Selection {
  /** Names of topologies and of groups, and ids of claims; empty: everything that is in no group. */
  readonly wanted: readonly string[]
  /** Only claims whose id, title or kind of record ("timeline") has this, case-insensitive. */
  readonly grep?: string | undefined
  /** Only the i-th of n parts that take about as long, i from 1. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined
  /** ms by claim, by which parts are made; without them, all claims count the same. */
  readonly tookMs?: ReadonlyMap<string, number> | undefined
}

/** The selected claims by topology, in order. */
export async function selectClaims(selection: Selection): Promise<Map<Topology, Claim[]>> {
  const topologies = await listTopologies()
  const { wanted, grep, shard, tookMs } = selection
  const groups = topologies.flatMap(({ group }) => group ?? [])
  const known = new Set([...topologies.flatMap(({ name, claims }) => [name, ...claims.map(({ id }) => id)]), ...groups])
  const strangers = wanted.filter((name) => !known.has(name))
  if (strangers.length > 0) throw nothingMatches(strangers.join(', '), [...known])
  const matches = (topology: Topology, { id, title, records }: Claim): boolean =>
    (wanted.length === 0
      ? topology.group === undefined
      : [topology.name, topology.group, id].some((name) => name !== undefined && wanted.includes(name))) &&
    (grep === undefined || [id, title, ...records].join(' ').toLowerCase().includes(grep.toLowerCase()))
  const all = topologies.flatMap((topology) => topology.claims.filter((claim) => matches(topology, claim)))
  const part =
    shard === undefined
      ? all
      : partOf(
          all,
          shard,
          ({ id }) => id,
          ({ id }) => tookMs?.get(id),
        )
  const mine = new Set(part)
  const selected = new Map<Topology, Claim[]>()
  for (const topology of topologies) {
    const claims = topology.claims.filter((claim) => mine.has(claim))
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
