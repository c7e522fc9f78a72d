/** Builds frames to send, independently of the code under test. */
export const BROADCAST = 'ff:ff:ff:ff:ff:ff'
export const VRRP_MAC = '01:00:5e:00:00:12'

export const mac = (text: string) => Buffer.from(text.replaceAll(':', ''), 'hex')
export const ip = (text: string) => Buffer.from(text.split('.').map(Number))

export const u16 = (value: number) => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** RFC 1071, the slow way. */
export function checksum(...parts: Buffer[]): number {
  const data = Buffer.concat(parts)
  let sum = 0
  for (let index = 0; index < data.length; index++) sum += index % 2 === 0 ? data[index]! << 8 : data[index]!
  return ~(sum % 0xffff) & 0xffff
}

export interface Ends {
  src: string
  dst: string
}

export function ethernet({ src, dst }: Ends, etherType: number, payload: Buffer, vlan?: number): Buffer {
  const tag = vlan === undefined ? [] : [u16(0x8100), u16(vlan)]
  return Buffer.concat([mac(dst), mac(src), ...tag, u16(etherType), payload])
}

export interface ArpFields {
  operation: 1 | 2
  senderMac: string
  senderIp: string
  targetMac?: string
  targetIp: string
  dst?: string
}

export function arp({ operation, senderMac, senderIp, targetMac, targetIp, dst }: ArpFields): Buffer {
  const target = mac(targetMac ?? '00:00:00:00:00:00')
  const head = [u16(1), u16(0x0800), Buffer.from([6, 4]), u16(operation)]
  const body = Buffer.concat([...head, mac(senderMac), ip(senderIp), target, ip(targetIp)])
  return ethernet({ src: senderMac, dst: dst ?? targetMac ?? BROADCAST }, 0x0806, body)
}

export interface Ipv4Fields extends Ends {
  protocol: number
  options?: Buffer
  /** Flags and offset as they are in the header. */
  fragment?: number
}

export function ipv4({ src, dst, protocol, options, fragment }: Ipv4Fields, payload: Buffer): Buffer {
  const optionBytes = options ?? Buffer.alloc(0)
  const words = 5 + optionBytes.length / 4
  const header = Buffer.concat([
    Buffer.from([0x40 | words, 0]),
    u16(words * 4 + payload.length),
    u16(1),
    u16(fragment ?? 0),
    Buffer.from([protocol === 112 ? 255 : 64, protocol]),
    u16(0),
    ip(src),
    ip(dst),
    optionBytes,
  ])
  header.writeUInt16BE(checksum(header), 10)
  return Buffer.concat([header, payload])
}

export interface TcpFields {
  srcPort: number
  dstPort: number
  flags: string
  seq?: number
  payload?: string
}

const FLAGS: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16 }

export function tcp({ srcPort, dstPort, flags, seq, payload }: TcpFields): Buffer {
  const bits = [...flags].reduce((sum, flag) => sum | FLAGS[flag]!, 0)
  const head = [u16(srcPort), u16(dstPort), u32(seq ?? 1), u32(0), Buffer.from([0x50, bits]), u16(65535), u32(0)]
  return Buffer.concat([...head, Buffer.from(payload ?? '')])
}

export interface VrrpFields {
  version: 2 | 3
  src: string
  vrid: number
  priority: number
  /** As the header has it: seconds in version 2, centiseconds in version 3. */
  interval: number
  addresses: string[]
  auth?: string
}

const VRRP_GROUP = '224.0.0.18'

export function vrrp({ version, src, vrid, priority, interval, addresses, auth }: VrrpFields): Buffer {
  const timing =
    version === 2 ? Buffer.from([auth === undefined ? 0 : 1, interval]) : Buffer.from([interval >> 8, interval & 0xff])
  const trailer = version === 2 ? Buffer.concat([Buffer.from(auth ?? ''), Buffer.alloc(8)]).subarray(0, 8) : []
  const head = Buffer.from([(version << 4) | 1, vrid, priority, addresses.length])
  const message = Buffer.concat([head, timing, u16(0), ...addresses.map(ip), Buffer.from(trailer)])
  const pseudo = version === 3 ? [ip(src), ip(VRRP_GROUP), u16(112), u16(message.length)] : []
  message.writeUInt16BE(checksum(...pseudo, message), 6)
  return ipv4({ src, dst: VRRP_GROUP, protocol: 112 }, message)
}

export function advert(srcMac: string, fields: VrrpFields): Buffer {
  return ethernet({ src: srcMac, dst: VRRP_MAC }, 0x0800, vrrp(fields))
}

export function segment(ends: Ends, addresses: Ends, fields: TcpFields): Buffer {
  return ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 6 }, tcp(fields)))
}

export interface UdpFields {
  srcPort: number
  dstPort: number
  payload: string
  /** As the header has it; without it, the true one. */
  length?: number
}

export function udp({ srcPort, dstPort, payload, length }: UdpFields): Buffer {
  const bytes = Buffer.from(payload)
  return Buffer.concat([u16(srcPort), u16(dstPort), u16(length ?? 8 + bytes.length), u16(0), bytes])
}

export function datagram(ends: Ends, addresses: Ends, fields: UdpFields): Buffer {
  return ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 17 }, udp(fields)))
}

/** A frame of an experimental EtherType that no decoder knows. */
export function plain(src: string, dst: string, text: string): Buffer {
  return ethernet({ src, dst }, 0x88b5, Buffer.from(text))
}

export const textOf = (frame: Uint8Array) => Buffer.from(frame.subarray(14)).toString()
