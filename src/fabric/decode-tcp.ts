import { u16, u32, u8 } from './bytes.ts'
import { ipv4Addresses } from './decode-ipv4.ts'
import type { Ipv4Layout } from './frame-layout.ts'
import type { TcpEvent, WireFrame } from './types.ts'

const HEADER_BYTES = 20
const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

const HTTP_STARTS = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'DELETE ', 'OPTIONS ', 'PATCH ', 'CONNECT ', 'HTTP/1.']
const HTTP_INITIALS = new Set(HTTP_STARTS.map((start) => start.charCodeAt(0)))
/** Where FTP's control connection is (RFC 959 section 8), and the one port that the kernel's helper looks at by default. */
const FTP_PORT = 21
/** RFC 959 section 4.2: three digits, then a space, or a hyphen where more lines follow; 6yz are RFC 2228's. */
const FTP_REPLY = /^[1-6][0-9]{2}[ -]/
/** RFC 959 section 5.3: four or fewer letters, in either case; the shortest command has three. */
const FTP_COMMAND = /^[A-Za-z]{3,4}( |$)/
const MAX_LINE = 256

/** A TCP segment (RFC 9293) that opens, closes or speaks HTTP or FTP control; undefined for all others. */
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
  const srcPort = u16(frame, start)
  const dstPort = u16(frame, start + 2)
  const http = httpLine(frame, payload, ip.end)
  const ftp = srcPort === FTP_PORT || dstPort === FTP_PORT ? ftpLine(frame, payload, ip.end, srcPort) : undefined
  if ((flags & (SYN | FIN | RST)) === 0 && http === undefined && ftp === undefined) return undefined
  return {
    type: 'tcp',
    ...seen(),
    ...ipv4Addresses(frame, ip, outer),
    srcPort,
    dstPort,
    syn: (flags & SYN) !== 0,
    ack: (flags & ACK) !== 0,
    fin: (flags & FIN) !== 0,
    rst: (flags & RST) !== 0,
    seq: u32(frame, start + 4),
    payloadLength: ip.end - payload,
    ...(http === undefined ? {} : { http }),
    ...(ftp === undefined ? {} : { ftp }),
  }
}

/** The first line of an HTTP/1 message (RFC 9112 section 2.1), as far as this segment has it. */
function httpLine(frame: Uint8Array, payload: number, end: number): string | undefined {
  if (payload === end || !HTTP_INITIALS.has(u8(frame, payload))) return undefined
  const line = firstLine(frame, payload, end)
  return HTTP_STARTS.some((start) => line.startsWith(start)) ? line : undefined
}

/** The first line of an FTP reply, which comes from the server's port, or of a command to it. */
function ftpLine(frame: Uint8Array, payload: number, end: number, srcPort: number): string | undefined {
  const line = firstLine(frame, payload, end)
  return (srcPort === FTP_PORT ? FTP_REPLY : FTP_COMMAND).test(line) ? line : undefined
}

function firstLine(frame: Uint8Array, payload: number, end: number): string {
  const bytes = Math.min(end - payload, MAX_LINE)
  const text = Buffer.from(frame.buffer, frame.byteOffset + payload, bytes).toString('latin1')
  return text.split(/\r?\n/, 1)[0] ?? ''
}
