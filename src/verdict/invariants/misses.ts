import type { ClusterTime } from '../../clock.ts'
import type { Cluster } from '../../cluster/index.ts'
import type { Look } from './invariant.ts'

/** Something that broke a rule by a time. */
export interface Miss {
  readonly text: string
  /** By how much, ms. */
  readonly missMs: number
  readonly from: ClusterTime
  readonly to: ClusterTime
  /** Whose lateness in that span can have caused it. */
  readonly machines: readonly string[]
}

/** Holds against the cluster what lateness does not explain; the rest is undecided. Of each the first five. */
export async function judgeMisses(
  cluster: Cluster,
  misses: readonly Miss[],
): Promise<Required<Pick<Look, 'violations' | 'undecided'>>> {
  const look = { violations: [] as string[], undecided: [] as string[] }
  for (const { text, missMs, from, to, machines } of misses) {
    const { machineMs, fabricMaxMs } = await cluster.lateness(from, { until: to, machines })
    look[missMs <= machineMs + fabricMaxMs ? 'undecided' : 'violations'].push(text)
  }
  return { violations: look.violations.slice(0, 5), undecided: look.undecided.slice(0, 5) }
}
