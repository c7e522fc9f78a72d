import type { Node } from '../cluster/index.ts'

/**
 * Ports that loads connect from: above those of services, and below those that Linux gives out by itself (32768 on,
 * ip-sysctl, ip_local_port_range).
 */
export const LOAD_PORTS = { first: 10_000, count: 22_000 } as const

/** Ports one after another, round within {@link LOAD_PORTS}. */
export interface PortRange {
  readonly firstPort: number
  readonly count: number
}

export function isWithin(port: number, { firstPort, count }: PortRange): boolean {
  const { count: all } = LOAD_PORTS
  return isOfLoads(port) && (port - firstPort + all) % all < count
}

/** Whether a load took it, and not Linux. */
export function isOfLoads(port: number): boolean {
  return port >= LOAD_PORTS.first && port < LOAD_PORTS.first + LOAD_PORTS.count
}

const taken = new WeakMap<Node, number>()

/**
 * Takes as many ports of a client, one after another, and answers the first. None comes again before all others had their
 * turn: a director remembers each connection for a while (a SYN that was never answered for 60 s, a FIN for 120 s,
 * ip_vs_proto_tcp.c), and sends what comes from the same port where that one went, be it dead. Linux itself is not so
 * careful: it shuffles a client's ports every ten seconds (secure_seq.c, EPHEMERAL_PORT_SHUFFLE_PERIOD).
 */
export function takePorts(client: Node, count: number): number {
  const before = taken.get(client) ?? 0
  taken.set(client, before + count)
  return LOAD_PORTS.first + (before % LOAD_PORTS.count)
}
