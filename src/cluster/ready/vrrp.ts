import type { EngineCluster } from '../../engine/engine.ts'
import type { KeepalivedConf } from '../../topology/index.ts'

/** The frames of a burst follow each other within a fraction of this. */
const AFTER_BURST_MS = 500

/** Waits until one node advertises each virtual router. */
export async function mastersAdvertise(
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
export async function announcementsEnd(
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
