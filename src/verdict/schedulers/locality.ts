import { leastByWlc } from './least-connection.ts'
import { connectionOverhead, isEligible, type Scheduler, type ServerState } from './server-state.ts'

/** `net.ipv4.vs.lblcr_expiration` after boot (ip_vs_lblcr.c DEFAULT_EXPIRATION), a day. */
export const LBLCR_EXPIRATION_MS = 24 * 60 * 60 * 1000

/**
 * ip_vs_lblc.c, ip_vs_lblcr.c is_overloaded: more active connections than its weight, while some server of the table has
 * less than half of its own. That has nothing to do with --u-threshold.
 */
export function isLocallyOverloaded(server: ServerState, servers: readonly ServerState[]): boolean {
  return server.active > server.weight && servers.some(({ active, weight }) => active * 2 < weight)
}

/**
 * lblc (ip_vs_lblc.c): a VIP keeps the server that wlc gave its first connection, until that one is gone, has weight 0 or
 * is overloaded as `isLocallyOverloaded` says; then wlc chooses anew. It does not look at the kept server's upper
 * threshold. One virtual service meets several VIPs only when it is known by a firewall mark.
 *
 * A VIP not used for `net.ipv4.vs.lblc_expiration` (a day) is forgotten at the next check, every 30 min; not modelled.
 */
export function localityBased(): Scheduler {
  const kept = new Map<string, string>()
  return (servers, { vip }) => {
    const server = servers.find(({ name }) => name === kept.get(vip))
    if (server && server.weight > 0 && !isLocallyOverloaded(server, servers)) return server.name
    const least = leastByWlc(servers)
    if (least) kept.set(vip, least.name)
    return least?.name
  }
}

interface ServerSet {
  /** The one added last is first. */
  members: string[]
  changedMs: number
}

/**
 * lblcr (ip_vs_lblcr.c): as lblc, but a VIP has a set of servers. The least loaded of the set serves; when that one is
 * overloaded as `isLocallyOverloaded` says, the server that wlc chooses in the whole table serves and joins the set. A set
 * unchanged for longer than the expiration loses its most loaded member with the next connection, but only after that
 * connection's server was chosen: it may still go to the member that leaves.
 *
 * @param expirationMs `net.ipv4.vs.lblcr_expiration`; that sysctl is in seconds.
 */
export function localityBasedWithReplication({ expirationMs = LBLCR_EXPIRATION_MS } = {}): Scheduler {
  const sets = new Map<string, ServerSet>()
  return (servers, { vip, atMs }) => {
    const set = sets.get(vip)
    if (!set) {
      const first = leastByWlc(servers)
      if (first) sets.set(vip, { members: [first.name], changedMs: atMs })
      return first?.name
    }
    const members = set.members.flatMap((name) => servers.find((server) => server.name === name) ?? [])
    const least = leastByWlc(members)
    if (set.members.length > 1 && atMs > set.changedMs + expirationMs) {
      const most = mostLoaded(members)
      if (most) change(set, without(set.members, most.name), atMs)
    }
    if (least && !isLocallyOverloaded(least, servers)) return least.name
    const chosen = leastByWlc(servers)
    if (chosen && !set.members.includes(chosen.name)) change(set, [chosen.name, ...set.members], atMs)
    return chosen?.name
  }
}

function change(set: ServerSet, members: string[], atMs: number): void {
  set.members = members
  set.changedMs = atMs
}

function without(members: readonly string[], name: string): string[] {
  return members.filter((member) => member !== name)
}

/** ip_vs_lblcr.c ip_vs_dest_set_max: weight 0 apart; only a strictly higher load takes over. */
function mostLoaded(members: readonly ServerState[]): ServerState | undefined {
  let most: ServerState | undefined
  for (const server of members) {
    if (!isEligible({ ...server, overloaded: false })) continue
    if (!most || connectionOverhead(most) * server.weight < connectionOverhead(server) * most.weight) most = server
  }
  return most
}
