/** As much of Ethernet, IPv4 and TCP as a request and its answer take (RFC 791, RFC 9293). */

export interface Address {
  readonly mac: string
  readonly ip: string
  readonly port: number
}

const ETHERNET_BYTES = 14
const IPV4_BYTES = 20
const TCP_BYTES = 20
export const SYN = 0x02
export const ACK = 0x10
export const PSH = 0x08

export interface SegmentFields {
  readonly flags: number
  readonly seq: number
  /** ASCII. */
  readonly payload?: string
}

/** A frame, without FCS. */
export function segment(from: Address, to: Address, { flags, seq, payload = '' }: SegmentFields): Uint8Array {
  const tcpBytes = TCP_BYTES + payload.length
  const bytes = Buffer.alloc(ETHERNET_BYTES + IPV4_BYTES + tcpBytes)
  bytes.write(to.mac.replaceAll(':', ''), 0, 'hex')
  bytes.write(from.mac.replaceAll(':', ''), 6, 'hex')
  bytes.writeUInt16BE(0x0800, 12)
  const ip = bytes.subarray(ETHERNET_BYTES)
  ip.set([0x45, 0, 0, IPV4_BYTES + tcpBytes, 0, 0, 0x40, 0, 64, 6])
  ip.set(octets(from.ip), 12)
  ip.set(octets(to.ip), 16)
  ip.writeUInt16BE(checksum(ip.subarray(0, IPV4_BYTES)), 10)
  const tcp = ip.subarray(IPV4_BYTES)
  tcp.writeUInt16BE(from.port, 0)
  tcp.writeUInt16BE(to.port, 2)
  tcp.writeUInt32BE(seq, 4)
  tcp.set([0x50, flags, 0xff, 0xff], 12)
  tcp.write(payload, TCP_BYTES, 'latin1')
  const pseudo = Buffer.from([...octets(from.ip), ...octets(to.ip), 0, 6, 0, tcpBytes])
  tcp.writeUInt16BE(checksum(Buffer.concat([pseudo, tcp])), 16)
  return bytes
}

export interface Segment {
  readonly srcPort: number
  readonly dstPort: number
  readonly seq: number
  readonly flags: number
}

/** What a frame made by {@link segment} says; undefined if it is none. */
export function readSegment(frame: Uint8Array): Segment | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (bytes.length < ETHERNET_BYTES + IPV4_BYTES + TCP_BYTES || bytes.readUInt16BE(12) !== 0x0800) return undefined
  const tcp = bytes.subarray(ETHERNET_BYTES + IPV4_BYTES)
  return { srcPort: tcp.readUInt16BE(0), dstPort: tcp.readUInt16BE(2), seq: tcp.readUInt32BE(4), flags: tcp[13]! }
}

function octets(ip: string): number[] {
  return ip.split('.').map(Number)
}

/** RFC 1071: an odd byte at the end is the upper one of its word. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (const [offset, byte] of bytes.entries()) sum += offset % 2 === 0 ? byte << 8 : byte
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
