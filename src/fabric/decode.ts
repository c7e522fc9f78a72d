import type { ClusterTime } from '../clock.ts'
import { ipAt, macAt, u16, u8 } from './bytes.ts'
import { ipv4Addresses } from './decode-ipv4.ts'
import { decodeTcp } from './decode-tcp.ts'
import { decodeUdp } from './decode-udp.ts'
import { decodeVrrp } from './decode-vrrp.ts'
import {
  ethernetLayout,
  EtherType,
  IpProtocol,
  ipv4Layout,
  isArp,
  isGratuitousArp,
  type Ipv4Layout,
} from './frame-layout.ts'
import type { ArpEvent, CableId, FrameEvent, IcmpEvent, WireFrame } from './types.ts'

/** Where and when a frame was seen. */
export interface Sighting {
  readonly at: ClusterTime
  readonly network: string
  readonly cable: CableId
}

/**
 * The event that a frame is, if it is one that the project asks about: ARP, VRRP 2 and 3 over IPv4, ICMP, UDP, and TCP
 * segments that open, close or speak HTTP or FTP control, also inside IP-in-IP (RFC 2003). An 802.1Q tag is skipped.
 * Pure; never throws, whatever the bytes.
 */
export function decodeFrame(frame: Uint8Array, sighting: Sighting): FrameEvent | undefined {
  const ethernet = ethernetLayout(frame)
  if (ethernet === undefined) return undefined
  // Most frames are bulk data and become no event: addresses are made into text only when one is certain.
  const seen = (): WireFrame => ({ ...sighting, srcMac: macAt(frame, 6), dstMac: macAt(frame, 0) })
  if (ethernet.etherType === EtherType.arp) return decodeArp(frame, ethernet.payload, seen)
  if (ethernet.etherType !== EtherType.ipv4) return undefined
  const ip = ipv4Layout(frame, ethernet.payload)
  if (ip === undefined || ip.laterFragment) return undefined
  if (ip.protocol !== IpProtocol.ipip) return decodePacket(frame, ip, undefined, seen)
  const inner = ipv4Layout(frame.subarray(0, ip.end), ip.payload)
  if (inner === undefined || inner.laterFragment) return undefined
  return decodePacket(frame, inner, ip, seen)
}

function decodePacket(
  frame: Uint8Array,
  ip: Ipv4Layout,
  outer: Ipv4Layout | undefined,
  seen: () => WireFrame,
): FrameEvent | undefined {
  switch (ip.protocol) {
    case IpProtocol.tcp:
      return decodeTcp(frame, ip, outer, seen)
    case IpProtocol.vrrp:
      return decodeVrrp(frame, ip, seen)
    case IpProtocol.icmp:
      return decodeIcmp(frame, ip, outer, seen)
    case IpProtocol.udp:
      return decodeUdp(frame, ip, outer, seen)
    default:
      return undefined
  }
}

function decodeArp(frame: Uint8Array, start: number, seen: () => WireFrame): ArpEvent | undefined {
  if (!isArp(frame, start)) return undefined
  const operation = u16(frame, start + 6)
  if (operation !== 1 && operation !== 2) return undefined
  return {
    type: 'arp',
    ...seen(),
    operation: operation === 1 ? 'request' : 'reply',
    senderMac: macAt(frame, start + 8),
    senderIp: ipAt(frame, start + 14),
    targetMac: macAt(frame, start + 18),
    targetIp: ipAt(frame, start + 24),
    gratuitous: isGratuitousArp(frame, start),
  }
}

function decodeIcmp(
  frame: Uint8Array,
  ip: Ipv4Layout,
  outer: Ipv4Layout | undefined,
  seen: () => WireFrame,
): IcmpEvent | undefined {
  if (ip.end < ip.payload + 8) return undefined
  return {
    type: 'icmp',
    ...seen(),
    ...ipv4Addresses(frame, ip, outer),
    icmpType: u8(frame, ip.payload),
    icmpCode: u8(frame, ip.payload + 1),
  }
}
