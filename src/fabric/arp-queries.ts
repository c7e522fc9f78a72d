import type { ArpEvent, WireEvent } from './types.ts'

const isArp = (event: WireEvent): event is ArpEvent => event.type === 'arp'

/** Replies that say where `ip` is and were asked for. */
export function arpAnswers(events: readonly WireEvent[], ip: string): ArpEvent[] {
  return events
    .filter(isArp)
    .filter((event) => event.senderIp === ip && event.operation === 'reply' && !event.gratuitous)
}

/** Announcements of where `ip` is, in either form: request (RFC 5227) and reply. */
export function gratuitousArps(events: readonly WireEvent[], ip?: string): ArpEvent[] {
  return events.filter(isArp).filter((event) => event.gratuitous && (ip === undefined || event.senderIp === ip))
}
