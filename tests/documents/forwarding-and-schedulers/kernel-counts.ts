import type { Director } from '../../../src/cluster/index.ts'
import type { VirtualService } from '../../../src/topology/index.ts'

/** The kernel sums its counters up every two seconds (ip_vs_est.c, estimation_timer): two rounds, and a little. */
const COUNTED_MS = 5_000

/**
 * Connections of one virtual service that the kernel has scheduled to each real server, by address. Here services share
 * real servers, so an address alone does not say which service counted. Waits until there are `expected`, or two rounds.
 */
export async function scheduled(
  director: Director,
  { address, port }: Pick<VirtualService, 'address' | 'port'>,
  expected: number,
): Promise<Map<string, number>> {
  const rounds = COUNTED_MS / 250
  for (let round = 1; ; round++) {
    const service = (await director.table()).find((one) => one.address === address && one.port === port)
    const servers = service?.realServers ?? []
    const counts = new Map(servers.map((server): [string, number] => [server.address, server.connections ?? 0]))
    const sum = [...counts.values()].reduce((total, count) => total + count, 0)
    if (sum >= expected || round >= rounds) return counts
    await director.node.run('sleep 0.2')
  }
}
