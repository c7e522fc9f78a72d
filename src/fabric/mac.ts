/** A MAC address in lower case with colons, from its 48 bits as a number. */
export function macOf(bits: number): string {
  return bits
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:')
}
