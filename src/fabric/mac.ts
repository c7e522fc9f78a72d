/** The six bytes of a MAC address that is written with colons. */
export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (byte) => parseInt(byte, 16))
}

/** A MAC address in lower case with colons, from its 48 bits as a number. */
export function macOf(bits: number): string {
  return bits
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:')
}

/** An IPv4 address in dotted decimals, from its 32 bits as a number. */
export function ipOf(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.')
}
