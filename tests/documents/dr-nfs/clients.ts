import type { Cluster } from '../../../src/cluster/index.ts'
import { countByServer } from '../../../src/load/index.ts'
import { shares } from '../../support/steps.ts'

/** The client's second address: to the directors it is another client. */
export const OTHER_CLIENT = '192.168.100.21'

/** One request of each client. */
export async function bothClients(
  cluster: Cluster,
  options: { readonly maxTimeMs?: number } = {},
): Promise<{ served: Map<string, number>; failed: number }> {
  const one = await shares(cluster, 1, options)
  const other = await shares(cluster, 1, { ...options, sourceAddress: OTHER_CLIENT })
  return countByServer([...one.requests, ...other.requests])
}
