import { after, type ClusterTime } from '../../clock.ts'
import type { Cluster, Node } from '../../cluster/index.ts'
import { powerCut, stopService, unplug, type Fault } from '../../fault/index.ts'
import { failed } from './context.ts'
import { steady } from '../../load/index.ts'
import { requestsOnWire, wireBlackout, type LoadOnWire } from '../../verdict/index.ts'

export const KINDS = ['power cut', 'cable pull', 'clean stop'] as const
export type FailoverKind = (typeof KINDS)[number]

const INFLICT: Readonly<Record<FailoverKind, (cluster: Cluster, node: Node) => Promise<Fault>>> = {
  'power cut': powerCut,
  'cable pull': (cluster, node) => unplug(cluster, node),
  'clean stop': (cluster, node) => stopService(cluster, node, 'keepalived'),
}

export interface Outage {
  /** From the begin of the first request that was lost to that of the first one served after the last lost; 0: none was lost. */
  readonly blackoutMs: number
  /** From the master's last advert to the successor's first. */
  readonly takeoverMs: number
  readonly lost: number
  readonly fault: Fault
}

const PER_SECOND = 40
const PATIENCE_MS = 400
const TAKEOVER_TIMEOUT_MS = 15_000
const SERVED_TIMEOUT_MS = 10_000
/** Requests after the first that was served: none of them may be lost again. */
const MARGIN_MS = 300

/**
 * Strikes the master under load and waits until the client is served by way of the successor.
 *
 * @param phase - how much of the advert interval goes by after an advert before the fault strikes, 0 to 1
 */
export async function measureOutage(cluster: Cluster, kind: FailoverKind, phase: number): Promise<Outage> {
  const master = await cluster.vip.owner()
  const [backup] = await cluster.vip.others()
  const { client } = cluster
  await using load = await steady(cluster, client, {
    url: cluster.url(),
    ...{ perSecond: PER_SECOND, maxTimeMs: PATIENCE_MS, limitMs: 40_000 },
  })
  const advert = cluster.wire.adverts().findLast(({ srcIp, priority }) => srcIp === master.address && priority > 0)
  if (advert === undefined) throw failed('the master does not advertise', `strike ${master.name}`, 'no advert of it')
  await cluster.clock.until(nextAt(advert.at, phase, cluster.clock.now()))
  const since = cluster.clock.now()
  const fault = await INFLICT[kind](cluster, master)
  await cluster.wire.waitFor(
    {
      description: `an advert of ${backup!.name}`,
      match: (event) => event.type === 'vrrp' && event.srcIp === backup!.address && event.priority > 0,
      related: (event) => event.type === 'vrrp',
    },
    { since, timeoutMs: TAKEOVER_TIMEOUT_MS },
  )
  await servedBy(cluster, backup!, since)
  await cluster.clock.until(after(cluster.clock.now(), MARGIN_MS))
  const until = cluster.clock.now()
  await load.stop()
  const wire: LoadOnWire = {
    ...{ clientIp: client.address, service: cluster.service, began: load.began, until },
    ...{ intervalMs: load.intervalMs, maxTimeMs: load.maxTimeMs },
  }
  const hole = wireBlackout(requestsOnWire(cluster.wire, wire), since, wire)
  return {
    blackoutMs: hole.lost === 0 ? 0 : (hole.durationMs ?? NaN),
    takeoverMs: cluster.wire.takeover({ vrid: advert.vrid, since }).gapMs ?? NaN,
    lost: hole.lost,
    fault,
  }
}

/** Document 004's, and the scale section's. */
const ADVERT_INTERVAL_MS = 1000

/** The first moment from now on that lies so far into an advert interval. */
export function nextAt(advert: ClusterTime, phase: number, now: ClusterTime): ClusterTime {
  const first = after(advert, phase * ADVERT_INTERVAL_MS)
  return after(first, Math.max(0, Math.ceil((now - first) / ADVERT_INTERVAL_MS)) * ADVERT_INTERVAL_MS)
}

/** (√5 − 1) / 2: its multiples fill the interval evenly however many of them are taken. */
const GOLDEN = 0.618_033_988_75

/** The phase of the advert interval at which a repetition strikes, 0 to 1: not left to chance. */
export function phaseOf(repetition: number): number {
  return (GOLDEN * (repetition + 0.5)) % 1
}

/** An answer to the client on a connection whose SYN went by way of the successor. */
async function servedBy(cluster: Cluster, director: Node, since: ClusterTime): Promise<void> {
  const ports = new Set<number>()
  const own = `${director.name}:`
  await cluster.wire.waitFor(
    {
      description: `a request served by way of ${director.name}`,
      match: (event) => {
        if (event.type !== 'tcp') return false
        if (event.cable.startsWith(own) && event.syn && !event.ack && event.srcIp === cluster.client.address) {
          ports.add(event.srcPort)
        }
        return (
          event.http?.startsWith('HTTP/') === true && event.dstIp === cluster.client.address && ports.has(event.dstPort)
        )
      },
      related: (event) => event.type === 'tcp',
    },
    { since, timeoutMs: SERVED_TIMEOUT_MS },
  )
}
