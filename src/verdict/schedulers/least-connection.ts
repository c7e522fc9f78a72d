import { connectionOverhead, isEligible, type ServerState } from './server-state.ts'

/**
 * The server of least load per weight. Only a strictly smaller load takes over, so that the first in the list wins a tie;
 * compared crosswise as the kernel does, without division.
 */
function leastLoaded(
  servers: readonly ServerState[],
  load: (server: ServerState) => number,
  weight: (server: ServerState) => number,
): ServerState | undefined {
  let least: ServerState | undefined
  for (const server of servers) {
    if (!isEligible(server)) continue
    if (!least || load(least) * weight(server) > load(server) * weight(least)) least = server
  }
  return least
}

/** lc (ip_vs_lc.c): the fewest connections, whatever the weights. */
export function pickLc(servers: readonly ServerState[]): string | undefined {
  return leastLoaded(servers, connectionOverhead, () => 1)?.name
}

/** wlc (ip_vs_wlc.c): the fewest connections per weight. */
export function pickWlc(servers: readonly ServerState[]): string | undefined {
  return leastByWlc(servers)?.name
}

/** As `pickWlc`; lblc and lblcr choose by the same rule. */
export function leastByWlc(servers: readonly ServerState[]): ServerState | undefined {
  return leastLoaded(servers, connectionOverhead, ({ weight }) => weight)
}

/** sed (ip_vs_sed.c): (active + 1) / weight; inactive connections do not count. */
export function pickSed(servers: readonly ServerState[]): string | undefined {
  return leastLoaded(
    servers,
    ({ active }) => active + 1,
    ({ weight }) => weight,
  )?.name
}

/** nq (ip_vs_nq.c): the first in the list that has no active connection, whatever its weight; if none is idle, sed. */
export function pickNq(servers: readonly ServerState[]): string | undefined {
  return servers.find((server) => isEligible(server) && server.active === 0)?.name ?? pickSed(servers)
}
