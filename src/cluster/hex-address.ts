/** An address as the kernel's tables in /proc/net have it: "C0A80A64". */
export function hexAddress(address: string): string {
  return address
    .split('.')
    .map((part) => hexNumber(Number(part), 2))
    .join('')
}

/** A port as the same tables have it: "0050". */
export function hexPort(port: number): string {
  return hexNumber(port, 4)
}

/** The address that such a table has in hexadecimal. */
export function addressOfHex(hex: string): string {
  return (hex.match(/../g) ?? []).map((part) => Number.parseInt(part, 16)).join('.')
}

function hexNumber(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}
