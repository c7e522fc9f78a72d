/**
 * What a scheduler of IPVS reads of a real server. Lists of these are in the order of the kernel's own list, which decides
 * every tie: see `tableOrder`.
 */
export interface ServerState {
  readonly name: string
  /** IPv4 address and port as the virtual server table has them; only mh hashes them. */
  readonly address: string
  readonly port: number
  readonly weight: number
  /** The last weight that was not 0 (ip_vs_ctl.c __ip_vs_update_dest); only mh reads it. `weight` when absent. */
  readonly lastWeight?: number
  /**
   * Connections in a state that counts as active: SYN_RECV, ESTABLISHED (ip_vs_proto_tcp.c tcp_state_active_table). One
   * that is held open is active from its SYN on.
   */
  readonly active: number
  /** Connections that are closing or closed and whose entry still lives: FIN_WAIT and TIME_WAIT 120 s, CLOSE 10 s. */
  readonly inactive: number
  /** IP_VS_DEST_F_OVERLOAD: its connections reached --u-threshold and have not yet fallen far enough. */
  readonly overloaded?: boolean
}

/** The first packet of a new connection, as far as schedulers look at it. Addresses are IPv4. */
export interface Arrival {
  readonly client: string
  readonly clientPort: number
  readonly vip: string
  /** ms on any clock that does not go back. */
  readonly atMs: number
}

/**
 * Chooses the real server of a new connection, by name. `undefined`: none will do, and the director answers with ICMP port
 * unreachable (ip_vs_core.c ip_vs_leave), a refused connection to the client.
 */
export type Scheduler = (servers: readonly ServerState[], arrival: Arrival) => string | undefined

/**
 * The kernel's list of servers that were added in this order: each new one goes to the front (ip_vs_ctl.c
 * __ip_vs_update_dest, list_add_rcu). `/proc/net/ip_vs` and `ipvsadm -Ln --nosort` print that list; `ipvsadm -Ln` alone
 * sorts by address.
 */
export function tableOrder<T>(added: readonly T[]): T[] {
  return [...added].reverse()
}

/** ip_vs.h ip_vs_dest_conn_overhead: an active connection weighs as much as 256 inactive ones. */
export function connectionOverhead({ active, inactive }: ServerState): number {
  return active * 256 + inactive
}

/** May get new connections: weight above 0, and not at its upper threshold. */
export function isEligible({ weight, overloaded }: ServerState): boolean {
  return weight > 0 && overloaded !== true
}
