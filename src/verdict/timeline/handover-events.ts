import type { ClusterTime } from '../../clock.ts'
import type { Cluster, Node } from '../../cluster/index.ts'
import type { ArpEvent, BindingEvent, CableId, LearnEvent, Takeover, UdpEvent, VrrpEvent } from '../../fabric/index.ts'
import { displayFilter } from './display-filter.ts'
import type { EventDraft } from './draft.ts'
import { given } from './draft.ts'

/** The stretch of the wire's log that a timeline is about, and who gives the virtual IPs to whom. */
export interface Handover {
  readonly since: ClusterTime
  readonly until: ClusterTime
  /** Who had the virtual IPs; absent where nobody had. */
  readonly from?: Node
  /** Who takes them; absent where nobody does. */
  readonly to?: Node
}

/** VRRP's part: the old owner's last advert, or its resignation, and the successor's first. */
export function advertEvents(cluster: Cluster, { lastAdvert, firstAdvert, resigned }: Takeover): EventDraft[] {
  const of = (advert: VrrpEvent | undefined, kind: string, label: string): EventDraft[] => {
    if (advert === undefined) return []
    const words = `${label}, vrid ${advert.vrid} priority ${advert.priority}`
    const filter = displayFilter.advert(advert)
    return [{ ...seen(advert, kind, words, filter), ...given('node', nodeOfCable(cluster, advert.cable)?.name) }]
  }
  const last = resigned
    ? of(lastAdvert, 'resign', 'the old master leaves politely')
    : of(lastAdvert, 'last advert', 'last advert of the old master')
  return [...last, ...of(firstAdvert, 'first advert', 'first advert of the new master')]
}

/** heartbeat's part, as far as the wire shows it: the last status packet of a node that then was silent. */
export function lastStatusEvents({ wire }: Cluster, from: Node, until: ClusterTime): EventDraft[] {
  const last: UdpEvent | undefined = wire.datagrams({ heartbeat: 'status', srcIp: from.address }, { until }).at(-1)
  if (last === undefined) return []
  const event = seen(last, 'last heartbeat', `last status packet of ${from.name}`, displayFilter.status(last))
  return [{ ...event, node: from.name }]
}

/** Every gratuitous ARP of the successor for a virtual IP. */
export function announcementEvents(cluster: Cluster, { since, until, to }: Handover): EventDraft[] {
  if (to === undefined) return []
  const vips = addressesOf(cluster)
  return cluster.wire
    .gratuitousArps(undefined, { since, until })
    .filter(({ senderIp, cable }) => vips.has(senderIp) && nodeOfCable(cluster, cable) === to)
    .map((arp: ArpEvent) => {
      const label = `${arp.senderIp} is at ${arp.senderMac}`
      return { ...seen(arp, 'gratuitous ARP', label, displayFilter.gratuitousArp(arp)), node: to.name }
    })
}

/**
 * How the network learnt of it: each port that was handed ARP of the successor that says something new of a virtual IP,
 * and each MAC address of the successor, or of a virtual router, that the switch came to know at the successor's port.
 */
export function learningEvents(cluster: Cluster, { since, until, to }: Handover): EventDraft[] {
  if (to === undefined) return []
  const vips = addressesOf(cluster)
  const owner = (mac: string): string => {
    const name = cluster.nodeByMac(mac)?.name
    return name === undefined ? mac : `${mac} (${name})`
  }
  const told = (event: BindingEvent): EventDraft => {
    const before = event.previous === undefined ? '' : `, before at ${owner(event.previous)}`
    const label = `${event.ip} is at ${owner(event.mac)}${before}`
    return { ...seen(event, 'neighbour told', label, displayFilter.binding(event)), port: event.cable }
  }
  const learnt = (event: LearnEvent): EventDraft => {
    const before = event.movedFrom === undefined ? '' : `, before at ${event.movedFrom}`
    const kind = event.movedFrom === undefined ? 'MAC learnt' : 'MAC moved'
    const label = `the switch has ${event.mac} at ${event.cable}${before}`
    return { ...seen(event, kind, label, displayFilter.learn(event)), port: event.cable }
  }
  const isOfService = (mac: string): boolean => isVirtualRouter(mac) || cluster.nodeByMac(mac) === to
  return cluster.wire.within({ since, until }).flatMap((event) => {
    if (event.type === 'binding') {
      const news = vips.has(event.ip) && nodeOfCable(cluster, event.from) === to
      return news && nodeOfCable(cluster, event.cable) !== to ? [told(event)] : []
    }
    if (event.type !== 'learn' || nodeOfCable(cluster, event.cable) !== to) return []
    return isOfService(event.mac) ? [learnt(event)] : []
  })
}

/** The node at the end of a cable. */
export function nodeOfCable({ nodes }: Cluster, cable: CableId): Node | undefined {
  return nodes.find(({ name }) => cable.startsWith(`${name}:`))
}

/** An event that is, or came with, a frame. */
export function seen(
  { at, network }: { readonly at: ClusterTime; readonly network: string },
  kind: string,
  label: string,
  filter: string,
): EventDraft {
  return { atMs: at, kind, label, network, filter }
}

function addressesOf({ vips }: Cluster): ReadonlySet<string> {
  return new Set(vips.map(({ address }) => address))
}

/** RFC 5798 section 7.3. */
function isVirtualRouter(mac: string): boolean {
  return mac.startsWith('00:00:5e:00:01:')
}
