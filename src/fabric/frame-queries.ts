import type { FrameEvent, WireEvent } from './types.ts'

export interface FrameFilter {
  readonly ip: string
  readonly network: string
}

/** Frames on a network that have an address in one of their headers. */
export function framesWith(events: readonly WireEvent[], { ip, network }: FrameFilter): FrameEvent[] {
  return events.filter((event): event is FrameEvent => event.network === network && carries(event, ip))
}

function carries(event: WireEvent, ip: string): boolean {
  switch (event.type) {
    case 'arp':
      return event.senderIp === ip || event.targetIp === ip
    case 'vrrp':
      return event.srcIp === ip
    case 'icmp':
    case 'udp':
    case 'tcp': {
      const { srcIp, dstIp, tunnel } = event
      return srcIp === ip || dstIp === ip || tunnel?.srcIp === ip || tunnel?.dstIp === ip
    }
    case 'cable':
    case 'learn':
    case 'binding':
      return false
  }
}
