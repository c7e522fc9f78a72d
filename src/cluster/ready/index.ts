import type { EngineCluster } from '../../engine/engine.ts'
import { InfrastructureError } from '../../errors.ts'
import type { Progress } from '../../image/index.ts'
import { readKeepalivedConfs, type KeepalivedConf, type Topology } from '../../topology/index.ts'
import { checksSucceed } from './checks.ts'
import { heartbeatOwner, resourcesAreTaken } from './heartbeat.ts'
import { announcementsEnd, mastersAdvertise } from './vrrp.ts'

/**
 * Waits until a cluster does its work: each VRRP instance has one master that advertises, heartbeat's resources are where
 * they belong, every health checker has seen its server once. Only then is a saved cluster worth copying.
 *
 * @throws InfrastructureError `LVSLAB_E_NOT_READY` with what each director says
 */
export async function untilReady(cluster: EngineCluster, progress: Progress): Promise<void> {
  const confs = await runningConfs(cluster.topology)
  const since = cluster.clock.now()
  const boundMs = readyBoundMs(confs)
  try {
    await mastersAdvertise(cluster, confs, boundMs)
    await resourcesAreTaken(cluster, progress)
    await checksSucceed(cluster, confs, boundMs)
    await announcementsEnd(cluster, confs, boundMs)
  } catch (error) {
    const journals = await Promise.all(
      [...confs.keys()].map(async (name) => {
        const { stdout = '' } =
          (await cluster.machines
            .get(name)
            ?.exec('ipvsadm -Ln; journalctl -u keepalived -n 12 --no-pager -o cat')
            .catch(() => undefined)) ?? {}
        return `${name}:\n${stdout}`
      }),
    )
    throw new InfrastructureError('LVSLAB_E_NOT_READY', `${cluster.topology.name} did not become ready`, {
      tried: `wait ${Math.round((cluster.clock.now() - since) / 1000)} s for masters and health checks`,
      seen: journals.join('\n').slice(-3000),
      todo: 'the journals above show what the directors wait for; check the configuration files of the topology',
      cause: error,
    })
  }
}

/** Waits until each VRRP instance is advertised by one node: all that a resumed cluster needs to show. */
export async function untilMastersAdvertise(cluster: EngineCluster): Promise<void> {
  const confs = await runningConfs(cluster.topology)
  await mastersAdvertise(cluster, confs, readyBoundMs(confs))
}

/** Of the directors on which keepalived is started with the cluster, by systemd or by heartbeat. */
async function runningConfs(topology: Topology): Promise<ReadonlyMap<string, KeepalivedConf>> {
  const confs = await readKeepalivedConfs(topology)
  const owner = heartbeatOwner(topology)
  const starts = (name: string): boolean =>
    name === owner || topology.nodes.some((node) => node.name === name && node.services.includes('keepalived'))
  return new Map([...confs].filter(([name]) => starts(name)))
}

/** What the configurations themselves may take, doubled, and some for a slow machine. */
function readyBoundMs(confs: ReadonlyMap<string, KeepalivedConf>): number {
  const all = [...confs.values()]
  const vrrpS = Math.max(0, ...all.flatMap((conf) => conf.vrrpInstances.map(({ advertIntS }) => advertIntS * 4)))
  const checksS = Math.max(
    0,
    ...all.flatMap((conf) =>
      conf.virtualServers.flatMap(({ realServers }) =>
        realServers.flatMap(({ checkers }) =>
          checkers.map(({ warmupS, connectTimeoutS }) => 1 + warmupS + connectTimeoutS),
        ),
      ),
    ),
  )
  return 2 * 1000 * (vrrpS + checksS) + 15_000
}
