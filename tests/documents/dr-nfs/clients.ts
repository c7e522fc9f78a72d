import type { Cluster } from '../../../src/cluster/index.ts'
import { countByServer } from '../../../src/load/index.ts'
import { shares } from '../../support/steps.ts'

/** The client's second address: to the directors it is another client. */
export const OTHER_CLIENT = '192.168.100.21'

/** Where it matters that a request is answered, and not how soon. */
export const PATIENT_MS = 5_000

/** One request of each client. */
export async function bothClients(cluster: Cluster): Promise<{ served: Map<string, number>; failed: number }> {
  const one = await shares(cluster, 1, { maxTimeMs: PATIENT_MS })
  const other = await shares(cluster, 1, { maxTimeMs: PATIENT_MS, sourceAddress: OTHER_CLIENT })
  return countByServer([...one.requests, ...other.requests])
}
