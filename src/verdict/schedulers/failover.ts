import { isEligible, type ServerState } from './server-state.ts'

/** The highest weight; the first in the list wins a tie. */
function heaviest(servers: readonly ServerState[]): string | undefined {
  let best: ServerState | undefined
  for (const server of servers) if (!best || server.weight > best.weight) best = server
  return best?.name
}

/** fo (ip_vs_fo.c): the highest weight, however many connections it has. */
export function pickFo(servers: readonly ServerState[]): string | undefined {
  return heaviest(servers.filter(isEligible))
}

/**
 * ovf (ip_vs_ovf.c): the highest weight among those whose active connections do not exceed their weight; so a server takes
 * weight + 1 connections. Once all exceed it, new connections are refused.
 */
export function pickOvf(servers: readonly ServerState[]): string | undefined {
  return heaviest(servers.filter((server) => isEligible(server) && server.active <= server.weight))
}
