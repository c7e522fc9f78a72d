import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import type { Fault } from './fault.ts'
import { stopService } from './stop-service.ts'
import { unplug } from './unplug.ts'

/**
 * Takes an NFS server away: its service is stopped, which resets who asks, or its cable is pulled, and whoever asks waits.
 * Healing brings it back.
 *
 * @throws UsageError `LVSLAB_E_FAULT_TARGET` for a node that is no NFS server
 */
export async function loseNfsServer(
  cluster: Cluster,
  node: Node = cluster.the('nfs-server'),
  how: 'service' | 'cable' = 'service',
): Promise<Fault> {
  if (!node.is('nfs-server')) {
    throw new UsageError('LVSLAB_E_FAULT_TARGET', `${node.name} is no NFS server`, {
      seen: `NFS servers: ${
        cluster
          .withRole('nfs-server')
          .map(({ name }) => name)
          .join(', ') || 'none'
      }`,
    })
  }
  const fault = how === 'cable' ? await unplug(cluster, node) : await stopService(cluster, node, 'nfs-server')
  return { ...fault, kind: 'loseNfsServer', target: `${node.name}:${how}` }
}
