import { ipAt, u16, u32, u8 } from './bytes.ts'
import type { Ipv4Layout } from './frame-layout.ts'
import type { TcpEvent, WireFrame } from './types.ts'

const HEADER_BYTES = 20
const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

const HTTP_STARTS = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'DELETE ', 'OPTIONS ', 'PATCH ', 'CONNECT ', 'HTTP/1.']
const HTTP_INITIALS = new Set(HTTP_STARTS.map((start) => start.charCodeAt(0)))
const MAX_HTTP_LINE = 256

/** A TCP segment (RFC 9293) that opens, closes or speaks HTTP; undefined for all others. */
export function decodeTcp(
  frame: Uint8Array,
  ip: Ipv4Layout,
  outer: Ipv4Layout | undefined,
  seen: () => WireFrame,
): TcpEvent | undefined {
  const start = ip.payload
  if (ip.end < start + HEADER_BYTES) return undefined
  const payload = start + (u8(frame, start + 12) >> 4) * 4
  if (payload < start + HEADER_BYTES || payload > ip.end) return undefined
  const flags = u8(frame, start + 13)
  const http = httpLine(frame.subarray(payload, ip.end))
  if ((flags & (SYN | FIN | RST)) === 0 && http === undefined) return undefined
  return {
    type: 'tcp',
    ...seen(),
    srcIp: ipAt(frame, ip.start + 12),
    dstIp: ipAt(frame, ip.start + 16),
    srcPort: u16(frame, start),
    dstPort: u16(frame, start + 2),
    syn: (flags & SYN) !== 0,
    ack: (flags & ACK) !== 0,
    fin: (flags & FIN) !== 0,
    rst: (flags & RST) !== 0,
    seq: u32(frame, start + 4),
    payloadLength: ip.end - payload,
    ...(http === undefined ? {} : { http }),
    ...(outer === undefined
      ? {}
      : { tunnel: { srcIp: ipAt(frame, outer.start + 12), dstIp: ipAt(frame, outer.start + 16) } }),
  }
}

/** The first line of an HTTP/1 message (RFC 9112 section 2.1), as far as this segment has it. */
function httpLine(payload: Uint8Array): string | undefined {
  if (!HTTP_INITIALS.has(u8(payload, 0))) return undefined
  const text = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, MAX_HTTP_LINE)).toString(
    'latin1',
  )
  if (!HTTP_STARTS.some((start) => text.startsWith(start))) return undefined
  return text.split(/\r?\n/, 1)[0]
}
