import type { ClusterTime } from '../clock.ts'
import { gratuitousArps } from './arp-queries.ts'
import type { ArpEvent, CableId, VrrpEvent, WireEvent } from './types.ts'

export interface AdvertFilter {
  readonly vrid?: number
  readonly network?: string
  readonly srcIp?: string
}

export interface AdvertSender {
  readonly srcIp: string
  readonly cable: CableId
  readonly network: string
  readonly count: number
  readonly first: VrrpEvent
  readonly last: VrrpEvent
}

/** How a virtual router's addresses went from one director to another, as seen on the wire. */
export interface Takeover {
  readonly vrid: number
  /** Who advertised last before `since`; undefined if nobody did. */
  readonly oldOwnerIp: string | undefined
  /** The old owner's last advert before the successor's first. */
  readonly lastAdvert: VrrpEvent | undefined
  /** The old owner left politely: its last advert had priority 0 (RFC 5798 section 5.2.4). */
  readonly resigned: boolean
  /** The first advert after `since` of anybody but the old owner; undefined as long as there is none. */
  readonly firstAdvert: VrrpEvent | undefined
  /** From `lastAdvert` to `firstAdvert`. */
  readonly gapMs: number | undefined
  /** The successor's announcements of the virtual addresses, from its first advert on (or a little before it). */
  readonly gratuitousArps: readonly ArpEvent[]
  /** Adverts of the old owner after the successor's first: two masters at once, unless it is a preemption back. */
  readonly overlap: readonly VrrpEvent[]
}

export function adverts(events: readonly WireEvent[], filter: AdvertFilter = {}): VrrpEvent[] {
  return events.filter(
    (event): event is VrrpEvent =>
      event.type === 'vrrp' &&
      event.vrid === (filter.vrid ?? event.vrid) &&
      event.network === (filter.network ?? event.network) &&
      event.srcIp === (filter.srcIp ?? event.srcIp),
  )
}

/** Who advertised, in the order of each one's first advert. */
export function advertSenders(events: readonly WireEvent[], filter: AdvertFilter): AdvertSender[] {
  const senders = new Map<string, AdvertSender>()
  for (const advert of adverts(events, filter)) {
    const { srcIp, cable, network } = advert
    const key = `${srcIp} ${cable}`
    const known = senders.get(key)
    const first = known?.first ?? advert
    senders.set(key, { srcIp, cable, network, count: (known?.count ?? 0) + 1, first, last: advert })
  }
  return [...senders.values()]
}

/** @param events - the whole log: the old owner is looked for before `since` */
export function takeover(
  events: readonly WireEvent[],
  { vrid, network, since }: { vrid: number; network?: string; since: ClusterTime },
): Takeover {
  const ofNetwork = adverts(events, { vrid, ...(network === undefined ? {} : { network }) })
  const owner = ofNetwork.findLast((advert) => advert.at <= since)
  const all = ofNetwork.filter((advert) => owner === undefined || advert.network === owner.network)
  const firstAdvert = all.find((advert) => advert.at > since && advert.srcIp !== owner?.srcIp)
  const ofOwner = all.filter((advert) => advert.srcIp === owner?.srcIp)
  const lastAdvert = ofOwner.findLast((advert) => firstAdvert === undefined || advert.at < firstAdvert.at)
  return {
    vrid,
    oldOwnerIp: owner?.srcIp,
    lastAdvert,
    resigned: lastAdvert?.priority === 0,
    firstAdvert,
    gapMs: firstAdvert === undefined || lastAdvert === undefined ? undefined : firstAdvert.at - lastAdvert.at,
    gratuitousArps: firstAdvert === undefined ? [] : announcements(events, firstAdvert, lastAdvert?.at ?? since),
    overlap: firstAdvert === undefined ? [] : ofOwner.filter((advert) => advert.at >= firstAdvert.at),
  }
}

/** From the last advert on, because nothing orders a new master's announcements after its first advert. */
function announcements(events: readonly WireEvent[], firstAdvert: VrrpEvent, from: ClusterTime): ArpEvent[] {
  return gratuitousArps(events).filter(
    ({ at, cable, senderIp }) => at >= from && cable === firstAdvert.cable && firstAdvert.addresses.includes(senderIp),
  )
}
