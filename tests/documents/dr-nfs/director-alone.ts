import type { Cluster, Director } from '../../../src/cluster/index.ts'
import type { ClaimContext } from '../../../src/run/claim-context.ts'

/** Document 001, section 4: one director that nat.sh sets up, keepalived nowhere. */
export async function directorAlone(
  c: ClaimContext,
  health: 'healthy' | 'unhealthy' = 'healthy',
): Promise<{ cluster: Cluster; director: Director; said: string }> {
  const cluster = await c.boot()
  const [alone, idle] = cluster.vip.candidates
  // The backup first, or it would take the VIP.
  await idle!.service('keepalived').stop()
  const said = await alone!.succeed('systemctl stop keepalived && /usr/local/sbin/nat.sh')
  if (health === 'healthy') c.alwaysHealthy(cluster)
  return { cluster, director: cluster.director(alone!), said }
}
