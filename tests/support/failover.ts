import { after, type ClusterTime } from '../../src/clock.ts'
import { median } from 'simple-statistics'
import type { Cluster, Node } from '../../src/cluster/index.ts'
import type { EventMatcher, Takeover } from '../../src/fabric/index.ts'
import type { Fault } from '../../src/fault/index.ts'
import type { Request, SteadyLoad } from '../../src/load/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { failoverTimeline, witnessGap, type BlackoutDraft, type FailoverOptions } from '../../src/verdict/index.ts'
import { waitForTakeover } from './steps.ts'

/** A failover to be recorded once it is over: what began it, who gave the VIP to whom, and who kept asking. */
export interface Handover {
  readonly title: string
  /** What its figures are of, where a claim has several: "return". */
  readonly name?: string
  readonly load: SteadyLoad
  readonly fault?: FailoverOptions['fault']
  readonly since: ClusterTime
  readonly from: Node
  readonly to: Node
  /** Where VRRP moves the VIP. */
  readonly takeover?: Takeover
  /** Under heartbeat: the node that fell silent. */
  readonly silent?: Node
  readonly marks?: FailoverOptions['marks']
  /** How long the client may have to wait for its first answer by way of the new owner, ms. Default 10 000. */
  readonly timeoutMs?: number
}

/** A fault as a timeline shows it. */
export function faultOn(node: Node, { kind, target, at, uncertaintyMs }: Fault): NonNullable<FailoverOptions['fault']> {
  return { at, uncertaintyMs, label: `${kind} ${target}`, node: node.name }
}

/** A node that held the VIP has fallen silent: waits for the other to take it, and measures from the last advert. */
export async function takenOver(
  c: ClaimContext,
  cluster: Cluster,
  { from, to, since }: { readonly from: Node; readonly to: Node; readonly since: ClusterTime },
): ReturnType<typeof waitForTakeover> {
  const takeover = await waitForTakeover(c, cluster, from, since)
  await c.measure(cluster, {
    name: 'takeover after the last advert',
    value: takeover.gapMs,
    window: (await c.windows).vrrpTakeover({ from: from.name, to: to.name }),
    since: takeover.lastAdvert!.at,
    of: [to],
  })
  return takeover
}

/** The same after a power cut, measured from that, too. */
export async function takenOverAfterPowerCut(
  c: ClaimContext,
  cluster: Cluster,
  {
    from,
    to,
    since,
    fault,
  }: { readonly from: Node; readonly to: Node; readonly since: ClusterTime; readonly fault: Fault },
): ReturnType<typeof waitForTakeover> {
  const takeover = await takenOver(c, cluster, { from, to, since })
  await c.measure(cluster, {
    name: 'takeover after the power cut',
    value: takeover.firstAdvert.at - fault.at,
    uncertaintyMs: fault.uncertaintyMs,
    window: (await c.windows).powerCutToTakeover({ from: from.name, to: to.name }),
    since: fault.at,
    of: [to],
  })
  c.waited(takeover.firstAdvert.at - fault.at)
  return takeover
}

/** Waits until the client has been served by way of the new owner for a while, ends the load and records the timeline. */
export async function closeFailover(c: ClaimContext, cluster: Cluster, handover: Handover): Promise<Request[]> {
  const { load, takeover, since, to, timeoutMs = 10_000 } = handover
  await cluster.wire.waitFor(servedBy(cluster, to), { since: takeover?.firstAdvert?.at ?? since, timeoutMs })
  const ended = await endLoad(cluster, load)
  await recordFailover(c, cluster, handover, ended)
  return ended.requests
}

/**
 * Ends a load whose service has come back, a second later: the first request that was answered is a slow one (a new path,
 * hosts that ask for addresses), and those after it show the service going on. It ends at an answer in time, and so not
 * amid a moment in which a machine stands still and the latest requests seem lost.
 */
export async function endLoad(
  cluster: Cluster,
  load: SteadyLoad,
): Promise<{ readonly requests: Request[]; readonly until: ClusterTime }> {
  await cluster.clock.until(after(cluster.clock.now(), 1_000))
  await cluster.wire.waitFor(servedInTime(cluster, load.maxTimeMs), { timeoutMs: 10_000 }).catch(() => undefined)
  const until = cluster.clock.now()
  return { requests: await load.stop(), until }
}

/** Records the timeline of a failover whose load has ended, and puts the two witnesses of its blackout side by side. */
export async function recordFailover(
  c: ClaimContext,
  cluster: Cluster,
  { title, name, load, fault, since, from, to, takeover, silent, marks }: Handover,
  { requests, until }: { readonly requests: readonly Request[]; readonly until: ClusterTime },
): Promise<void> {
  const { intervalMs, maxTimeMs, began } = load
  const timeline = failoverTimeline(cluster, {
    ...{ title, since, from, to },
    ...(fault && { fault }),
    ...(takeover && { takeover }),
    ...(silent && { silent }),
    ...(marks && { marks }),
    load: { requests, intervalMs, maxTimeMs, began, until },
  })
  c.timeline(timeline)
  const waits = requests.filter(({ ok }) => ok).map(({ durationMs }) => durationMs)
  const usualMs = waits.length === 0 ? 0 : median(waits)
  const what = name === undefined ? 'blackout' : `blackout of the ${name}`
  await judgeBlackout(c, cluster, timeline.blackout!, { what, since, until, patienceMs: maxTimeMs - usualMs })
}

/** The blackout by wire and by client; both must say the same within one interval of the load. */
async function judgeBlackout(
  c: ClaimContext,
  cluster: Cluster,
  hole: BlackoutDraft,
  span: {
    readonly what: string
    readonly since: ClusterTime
    readonly until: ClusterTime
    /** How long the client may stand still before it takes an answer that came in time for none, ms. */
    readonly patienceMs: number
  },
): Promise<void> {
  const { lost, client, durationMs, atLeastMs, atMostMs, resolutionMs } = hole
  const { what, since, until, patienceMs } = span
  const bounds = `${atLeastMs.toFixed(0)} to ${atMostMs?.toFixed(0) ?? '?'} ms by single packets`
  await c.measure(cluster, {
    name: `${what} on the wire`,
    value: durationMs ?? (hole.fromMs === undefined ? 0 : until - hole.fromMs),
    note:
      lost === 0
        ? `no request was lost; an outage of less than ${(atMostMs ?? 0).toFixed(0)} ms would not be seen`
        : `${lost} requests lost, from first lost to first served; ${bounds}; resolution ${resolutionMs.toFixed(0)} ms`,
  })
  await c.measure(cluster, {
    name: `client ${what}`,
    value: client?.fromMs === undefined ? 0 : (client.toMs ?? until) - client.fromMs,
    note: `${client?.lost ?? 0} requests lost, by the client's own account`,
  })
  c.check(`the service goes on after the ${what}`, lost === 0 || hole.toMs !== undefined)
  const { gapMs, detail } = witnessGap(hole, until)
  await c.measure(cluster, {
    name: `wire and client differ about the ${what} by`,
    value: gapMs,
    window: {
      ...{ name: 'witnesses of a blackout', minMs: 0, maxMs: resolutionMs },
      ...{ from: 'either end by the wire', to: 'the same by the client' },
      formula: 'the longest time between two requests at either end',
      source: "the load's own requests on the wire",
    },
    ...{ since, until, of: [cluster.client], decisiveMs: patienceMs, note: detail },
  })
}

/** An answer to the client, of a connection that it begins from now on, before it gives up. */
function servedInTime(cluster: Cluster, maxTimeMs: number): EventMatcher {
  const begun = new Map<number, ClusterTime>()
  const client = cluster.client.address
  return {
    description: `a request of ${cluster.client.name} served`,
    match: (event) => {
      if (event.type !== 'tcp') return false
      const { srcIp, srcPort, dstIp, dstPort, syn, ack, at } = event
      if (srcIp === client && syn && !ack && !begun.has(srcPort)) begun.set(srcPort, at)
      return (
        event.http?.startsWith('HTTP/') === true &&
        dstIp === client &&
        at - (begun.get(dstPort) ?? -Infinity) <= maxTimeMs
      )
    },
    related: (event) => event.type === 'tcp',
  }
}

/** An answer to the client, of a connection whose SYN went by way of a director. */
function servedBy(cluster: Cluster, director: Node): EventMatcher {
  const ports = new Set<number>()
  const client = cluster.client.address
  return {
    description: `a request of ${cluster.client.name} served by way of ${director.name}`,
    match: (event) => {
      if (event.type !== 'tcp') return false
      const own = event.cable.startsWith(`${director.name}:`)
      if (own && event.srcIp === client && event.syn && !event.ack) ports.add(event.srcPort)
      return event.http?.startsWith('HTTP/') === true && event.dstIp === client && ports.has(event.dstPort)
    },
    related: (event) => event.type === 'tcp',
  }
}
