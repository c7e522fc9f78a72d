import type { Wishes } from '../cluster/index.ts'
import type { Claim, Topology } from '../topology/index.ts'

/** What a claim's machines are made of: what the run is told, else what the claim itself has, else the defaults. */
export function wishesOf({ versions = {} }: Pick<Claim, 'versions'>, asked: Wishes): Wishes {
  const [kernel, keepalived] = [asked.kernel ?? versions.kernel, asked.keepalived ?? versions.keepalived]
  return { ...(kernel === undefined ? {} : { kernel }), ...(keepalived === undefined ? {} : { keepalived }) }
}

/** The clusters that the claims of a run are put to the test on: each topology with each choice of versions, once. */
export function distinctClusters(
  selected: ReadonlyMap<Topology, readonly Claim[]>,
  asked: Wishes,
): { readonly topology: Topology; readonly wishes: Wishes }[] {
  return [...selected].flatMap(([topology, claims]) => {
    const all = new Map(claims.map((claim) => [keyOf(wishesOf(claim, asked)), wishesOf(claim, asked)]))
    return [...all.values()].map((wishes) => ({ topology, wishes }))
  })
}

/** Equal for wishes that are equal. */
export function keyOf({ kernel, keepalived }: Wishes): string {
  return JSON.stringify([kernel, keepalived])
}
