import { u16, u32, u8 } from './bytes.ts'
import type { FrameKind } from './types.ts'

export const ETHERNET_HEADER_BYTES = 14

export const EtherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100 } as const

/** IANA protocol numbers. */
export const IpProtocol = { icmp: 1, ipip: 4, tcp: 6, udp: 17, vrrp: 112 } as const

export interface EthernetLayout {
  readonly etherType: number
  /** Where the payload starts, after an 802.1Q tag if there is one. */
  readonly payload: number
}

export function ethernetLayout(frame: Uint8Array): EthernetLayout | undefined {
  if (frame.length < ETHERNET_HEADER_BYTES) return undefined
  const etherType = u16(frame, 12)
  if (etherType !== EtherType.vlan) return { etherType, payload: ETHERNET_HEADER_BYTES }
  if (frame.length < ETHERNET_HEADER_BYTES + 4) return undefined
  return { etherType: u16(frame, 16), payload: ETHERNET_HEADER_BYTES + 4 }
}

export interface Ipv4Layout {
  /** Where the header starts. */
  readonly start: number
  readonly protocol: number
  /** Where the payload starts and ends: the end is the header's, because short frames are padded (IEEE 802.3). */
  readonly payload: number
  readonly end: number
  /** A fragment after the first (RFC 791): its payload does not start with the next header. */
  readonly laterFragment: boolean
  /** More fragments follow, or this is a later one: a checksum over the payload cannot be verified. */
  readonly fragmented: boolean
}

/** Undefined where the bytes cannot be an IPv4 header or are cut short. */
export function ipv4Layout(frame: Uint8Array, start: number): Ipv4Layout | undefined {
  if (frame.length < start + 20 || u8(frame, start) >> 4 !== 4) return undefined
  const headerBytes = (u8(frame, start) & 0x0f) * 4
  const totalBytes = u16(frame, start + 2)
  if (headerBytes < 20 || totalBytes < headerBytes || frame.length < start + totalBytes) return undefined
  const fragment = u16(frame, start + 6)
  return {
    start,
    protocol: u8(frame, start + 9),
    payload: start + headerBytes,
    end: start + totalBytes,
    laterFragment: (fragment & 0x1fff) !== 0,
    fragmented: (fragment & 0x3fff) !== 0,
  }
}

/** RFC 826 for IPv4 over Ethernet: hardware type 1, protocol 0x0800, lengths 6 and 4. */
export function isArp(frame: Uint8Array, start: number): boolean {
  return frame.length >= start + 28 && u32(frame, start) === 0x00010800 && u16(frame, start + 4) === 0x0604
}

/** RFC 5944 section 4.6, RFC 5227 section 3: the sender asks for, or answers about, its own address. */
export function isGratuitousArp(frame: Uint8Array, start: number): boolean {
  return u32(frame, start + 14) === u32(frame, start + 24)
}

/** Whether a frame is of a kind, without decoding it. */
export function isKind(frame: Uint8Array, kind: FrameKind): boolean {
  const ethernet = ethernetLayout(frame)
  if (ethernet === undefined) return false
  if (ethernet.etherType === EtherType.arp) {
    if (!isArp(frame, ethernet.payload)) return false
    const operation = u16(frame, ethernet.payload + 6)
    if (kind === 'arp') return true
    if (kind === 'arp-request') return operation === 1
    if (kind === 'arp-reply') return operation === 2
    return kind === 'garp' && isGratuitousArp(frame, ethernet.payload)
  }
  if (ethernet.etherType !== EtherType.ipv4) return false
  if (kind === 'ipv4') return true
  if (kind === 'arp' || kind === 'arp-request' || kind === 'arp-reply' || kind === 'garp') return false
  return ipv4Layout(frame, ethernet.payload)?.protocol === IpProtocol[kind]
}

/** Whether a frame is TCP or UDP from or to a port. */
export function hasPort(frame: Uint8Array, port: number): boolean {
  const ethernet = ethernetLayout(frame)
  if (ethernet?.etherType !== EtherType.ipv4) return false
  const ip = ipv4Layout(frame, ethernet.payload)
  if (ip === undefined || ip.laterFragment || ip.end < ip.payload + 4) return false
  if (ip.protocol !== IpProtocol.tcp && ip.protocol !== IpProtocol.udp) return false
  return u16(frame, ip.payload) === port || u16(frame, ip.payload + 2) === port
}
