import type { EngineCluster } from '../engine/engine.ts'
import { InfrastructureError } from '../errors.ts'
import { readKeepalivedConfs, type KeepalivedConf, type Topology } from '../topology/index.ts'

/**
 * Waits until a cluster does its work: each VRRP instance has one master that advertises, every health checker has seen
 * its server once, and each director that serves holds its full table. Only then is a saved cluster worth copying.
 *
 * @throws InfrastructureError `LVSLAB_E_NOT_READY` with what each director says
 */
export async function untilReady(cluster: EngineCluster): Promise<void> {
  const confs = await readKeepalivedConfs(cluster.topology)
  const since = cluster.clock.now()
  const boundMs = readyBoundMs(confs)
  try {
    await mastersAdvertise(cluster, confs, boundMs)
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
  const confs = await readKeepalivedConfs(cluster.topology)
  await mastersAdvertise(cluster, confs, readyBoundMs(confs))
}

/** The frames of a burst follow each other within a fraction of this. */
const AFTER_BURST_MS = 500

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

async function mastersAdvertise(
  cluster: EngineCluster,
  confs: ReadonlyMap<string, KeepalivedConf>,
  timeoutMs: number,
): Promise<void> {
  const vrids = new Set([...confs.values()].flatMap((conf) => conf.vrrpInstances.map((one) => one.virtualRouterId)))
  for (const vrid of vrids) {
    const { at } = await cluster.wire.waitFor(
      {
        description: `an advert of virtual router ${vrid}`,
        match: (event) => event.type === 'vrrp' && event.vrid === vrid && event.priority > 0,
      },
      { since: cluster.clock.now(), timeoutMs },
    )
    // Two that both start as master need an advert of each other to find out.
    if (cluster.wire.advertSenders(vrid, { since: at }).length > 1) await mastersAdvertise(cluster, confs, timeoutMs)
  }
}

/** A new master announces its addresses twice (`garp_master_delay` apart); only then is it quiet. */
async function announcementsEnd(
  cluster: EngineCluster,
  confs: ReadonlyMap<string, KeepalivedConf>,
  timeoutMs: number,
): Promise<void> {
  for (const { virtualRouterId: vrid, garp } of [...confs.values()].flatMap((conf) => conf.vrrpInstances)) {
    const master = cluster.wire.lastAdvert({ vrid })?.srcIp
    const since = cluster.wire.adverts({ vrid }).find(({ srcIp }) => srcIp === master)?.at
    if (master === undefined || since === undefined) continue
    const quietAt = since + garp.masterDelayS * 1000 + AFTER_BURST_MS
    await cluster.wire.waitFor(
      {
        description: `an advert of virtual router ${vrid} after its second burst of gratuitous ARP`,
        match: (event) => event.type === 'vrrp' && event.vrid === vrid && event.at >= quietAt,
      },
      { since, timeoutMs: timeoutMs + garp.masterDelayS * 1000 },
    )
  }
}

async function checksSucceed(
  cluster: EngineCluster,
  confs: ReadonlyMap<string, KeepalivedConf>,
  timeoutMs: number,
): Promise<void> {
  for (const [name, conf] of confs) {
    const checked = conf.virtualServers.flatMap(({ port, realServers }) =>
      realServers
        .filter(({ checkers }) => checkers.length > 0)
        .map((server) => ({ address: server.address, port: server.port ?? port ?? 0 })),
    )
    for (const { address, port } of checked) {
      const ips = addressesOf(cluster.topology, name)
      await cluster.wire.waitFor(
        {
          description: `a health check of ${address}:${port} by ${name} that is answered`,
          match: (event) =>
            event.type === 'tcp' &&
            event.syn &&
            event.ack &&
            event.srcIp === address &&
            event.srcPort === port &&
            ips.includes(event.dstIp),
        },
        { since: 0 as never, timeoutMs },
      )
    }
  }
}

function addressesOf(topology: Topology, node: string): string[] {
  const spec = topology.nodes.find(({ name }) => name === node)
  return spec?.interfaces.map(({ address }) => address.split('/')[0]!) ?? []
}
