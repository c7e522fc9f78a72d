import { UsageError } from '../../errors.ts'
import { didYouMean } from '../../topology/nearest.ts'
import { controlSocket, findClusters, type ClusterState } from '../supervisor/state.ts'
import { ControlClient } from './client.ts'

/**
 * The cluster that a command is about: the only one that is up, or the one that is named.
 *
 * @throws UsageError `LVSLAB_E_NOTHING_UP`, `LVSLAB_E_CLUSTER_UNKNOWN`, `LVSLAB_E_CLUSTER_AMBIGUOUS`
 */
export async function findCluster(name: string | undefined): Promise<ClusterState> {
  return choose(await findClusters(), name)
}

export function choose(clusters: readonly ClusterState[], name: string | undefined): ClusterState {
  const [first] = clusters
  if (!first) {
    throw new UsageError('LVSLAB_E_NOTHING_UP', 'no cluster is up', { todo: 'npx lvslab up dr-vrrp' })
  }
  const names = clusters.map((cluster) => cluster.name)
  const seen = `up: ${names.join(', ')}`
  if (name !== undefined) {
    const named = clusters.find((cluster) => cluster.name === name)
    if (named) return named
    throw new UsageError('LVSLAB_E_CLUSTER_UNKNOWN', `no cluster named "${name}" is up`, {
      seen,
      todo: didYouMean(name, names) ?? 'name one of them with --cluster',
    })
  }
  if (clusters.length === 1) return first
  throw new UsageError('LVSLAB_E_CLUSTER_AMBIGUOUS', `${clusters.length} clusters are up`, {
    seen,
    todo: `say which: --cluster ${first.name}`,
  })
}

/** A connection to the cluster that a command is about. */
export async function connectTo(name: string | undefined): Promise<{ state: ClusterState; control: ControlClient }> {
  const state = await findCluster(name)
  return { state, control: await ControlClient.connect(controlSocket(state.name), state.name) }
}
