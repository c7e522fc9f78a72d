import type { ClaimRecord } from '../../run/record.ts'

/**
 * The claims' names, in their order, for reports that know tests by name: "004-4 the title", and "…(2 of 20)" where the
 * run repeated it. Who reads such reports drops all but the first of one name.
 */
export function namesOf(claims: readonly ClaimRecord[]): string[] {
  const total = new Map<string, number>()
  for (const { id } of claims) total.set(id, (total.get(id) ?? 0) + 1)
  const seen = new Map<string, number>()
  return claims.map(({ id, title }) => {
    const round = (seen.get(id) ?? 0) + 1
    seen.set(id, round)
    const times = total.get(id) ?? 1
    return `${id} ${title}${times > 1 ? ` (${round} of ${times})` : ''}`
  })
}

/** Claims by topology, in the order in which topologies and claims come. */
export function byTopology(claims: readonly ClaimRecord[]): ReadonlyMap<string, readonly ClaimRecord[]> {
  const groups = new Map<string, ClaimRecord[]>()
  for (const claim of claims) {
    const group = groups.get(claim.topology)
    if (group) group.push(claim)
    else groups.set(claim.topology, [claim])
  }
  return groups
}
