import { u16 } from './bytes.ts'
import { decodeHeartbeat } from './decode-heartbeat.ts'
import { ipv4Addresses } from './decode-ipv4.ts'
import type { Ipv4Layout } from './frame-layout.ts'
import type { UdpEvent, WireFrame } from './types.ts'

const HEADER_BYTES = 8

/** A UDP datagram (RFC 768), or the first fragment of one. */
export function decodeUdp(
  frame: Uint8Array,
  ip: Ipv4Layout,
  outer: Ipv4Layout | undefined,
  seen: () => WireFrame,
): UdpEvent | undefined {
  const start = ip.payload
  if (ip.end < start + HEADER_BYTES) return undefined
  const length = u16(frame, start + 4)
  if (length < HEADER_BYTES || (!ip.fragmented && ip.end < start + length)) return undefined
  const heartbeat = decodeHeartbeat(frame.subarray(start + HEADER_BYTES, Math.min(ip.end, start + length)))
  return {
    type: 'udp',
    ...seen(),
    ...ipv4Addresses(frame, ip, outer),
    srcPort: u16(frame, start),
    dstPort: u16(frame, start + 2),
    payloadLength: length - HEADER_BYTES,
    ...(heartbeat === undefined ? {} : { heartbeat }),
  }
}
