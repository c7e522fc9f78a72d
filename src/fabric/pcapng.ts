/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian: pure functions that answer bytes.
 */
const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
export const ENHANCED_PACKET = 6
const LINKTYPE_ETHERNET = 1

const Option = { end: 0, comment: 1, sectionUserAppl: 4, interfaceName: 2, interfaceTimeResolution: 9 } as const

const text = new TextEncoder()
const padded = (bytes: number) => (bytes + 3) & ~3

/** Opens a file. Says that lvslab wrote it, and in a comment what there is to say of the whole. */
export function sectionHeader(application: string, comment?: string): Uint8Array {
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, 0x1a2b3c4d, true)
  view.setUint16(4, 1, true)
  // The section's length is not known while it is being written: all ones.
  view.setBigUint64(8, 0xffff_ffff_ffff_ffffn, true)
  const said: [number, Uint8Array][] = comment === undefined ? [] : [[Option.comment, text.encode(comment)]]
  return block(SECTION_HEADER, body, options(...said, [Option.sectionUserAppl, text.encode(application)]))
}

/** Describes one interface: Ethernet, never cut short, times in ns. Interfaces are numbered in the order they come. */
export function interfaceDescription(name: string): Uint8Array {
  const body = new Uint8Array(8)
  new DataView(body.buffer).setUint16(0, LINKTYPE_ETHERNET, true)
  const nanoseconds = new Uint8Array([9])
  return block(
    INTERFACE_DESCRIPTION,
    body,
    options([Option.interfaceName, text.encode(name)], [Option.interfaceTimeResolution, nanoseconds]),
  )
}

export interface Packet {
  readonly interfaceIndex: number
  /** Unix epoch. */
  readonly timeNs: bigint
  readonly frame: Uint8Array
  /** Shown by readers beside the packet. */
  readonly comment?: string | undefined
}

export function enhancedPacket({ interfaceIndex, timeNs, frame, comment }: Packet): Uint8Array {
  const trailer = comment === undefined ? undefined : options([Option.comment, text.encode(comment)])
  const bytes = 12 + 20 + padded(frame.length) + (trailer?.length ?? 0)
  const packet = new Uint8Array(bytes)
  const view = new DataView(packet.buffer)
  view.setUint32(0, ENHANCED_PACKET, true)
  view.setUint32(4, bytes, true)
  view.setUint32(8, interfaceIndex, true)
  view.setUint32(12, Number(timeNs >> 32n), true)
  view.setUint32(16, Number(timeNs & 0xffff_ffffn), true)
  view.setUint32(20, frame.length, true)
  view.setUint32(24, frame.length, true)
  packet.set(frame, 28)
  if (trailer !== undefined) packet.set(trailer, 28 + padded(frame.length))
  view.setUint32(bytes - 4, bytes, true)
  return packet
}

function block(type: number, body: Uint8Array, trailer: Uint8Array): Uint8Array {
  const bytes = 12 + body.length + trailer.length
  const whole = new Uint8Array(bytes)
  const view = new DataView(whole.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, bytes, true)
  whole.set(body, 8)
  whole.set(trailer, 8 + body.length)
  view.setUint32(bytes - 4, bytes, true)
  return whole
}

function options(...entries: [code: number, value: Uint8Array][]): Uint8Array {
  const bytes = new Uint8Array(entries.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4))
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const [code, value] of entries) {
    view.setUint16(offset, code, true)
    view.setUint16(offset + 2, value.length, true)
    bytes.set(value, offset + 4)
    offset += 4 + padded(value.length)
  }
  view.setUint16(offset, Option.end, true)
  return bytes
}
