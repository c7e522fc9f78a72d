/**
 * Reading network byte order out of frames. Callers check bounds first; a byte outside reads as 0, so that no input
 * can make a decoder throw.
 */
export function u8(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0
}

export function u16(bytes: Uint8Array, offset: number): number {
  return (u8(bytes, offset) << 8) | u8(bytes, offset + 1)
}

export function u32(bytes: Uint8Array, offset: number): number {
  return u16(bytes, offset) * 0x10000 + u16(bytes, offset + 2)
}

/** A MAC address as a number: the switch's table key, without making a string for each frame. */
export function u48(bytes: Uint8Array, offset: number): number {
  return u16(bytes, offset) * 0x1_0000_0000 + u32(bytes, offset + 2)
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function macAt(bytes: Uint8Array, offset: number): string {
  let text = hex[u8(bytes, offset)] ?? ''
  for (let index = 1; index < 6; index++) text += `:${hex[u8(bytes, offset + index)]}`
  return text
}

export function ipAt(bytes: Uint8Array, offset: number): string {
  return `${u8(bytes, offset)}.${u8(bytes, offset + 1)}.${u8(bytes, offset + 2)}.${u8(bytes, offset + 3)}`
}

/** The one's complement sum of RFC 1071 over 16-bit words, folded; 0xffff over data whose checksum is right. */
export function onesComplementSum(bytes: Uint8Array, initial = 0): number {
  let sum = initial
  for (let offset = 0; offset + 1 < bytes.length; offset += 2) sum += u16(bytes, offset)
  if (bytes.length % 2 === 1) sum += u8(bytes, bytes.length - 1) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return sum
}
