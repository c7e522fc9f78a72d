import ipaddr from 'ipaddr.js'

/** "192.168.88.8/24", taken apart. Addresses are in dotted decimal. */
export interface Cidr {
  readonly address: string
  readonly prefix: number
  /** First address of the block: "192.168.88.0". */
  readonly network: string
  /** Last address of the block: "192.168.88.255". */
  readonly broadcast: string
}

/** Whether `text` is an IPv4 address in four decimal parts; shorter and octal forms, which inet_aton takes, are not. */
export function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)
}

/** An address with its prefix, or undefined when it is not one. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, prefixText, ...rest] = text.split('/')
  if (address === undefined || prefixText === undefined || rest.length > 0) return undefined
  if (!isIpv4(address) || !/^\d{1,2}$/.test(prefixText)) return undefined
  const prefix = Number(prefixText)
  if (prefix > 32) return undefined
  return {
    address,
    prefix,
    network: ipaddr.IPv4.networkAddressFromCIDR(text).toString(),
    broadcast: ipaddr.IPv4.broadcastAddressFromCIDR(text).toString(),
  }
}

/** Whether `address` lies in the block "192.168.88.0/24". Both must be valid. */
export function isInside(address: string, block: string): boolean {
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(block))
}

/** "192.168.88.100:80", taken apart, or undefined when it is not an address and a port. */
export function parseEndpoint(text: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^([\d.]+):(\d{1,5})$/.exec(text)
  if (match?.[1] === undefined || !isIpv4(match[1])) return undefined
  const port = Number(match[2])
  return port >= 1 && port <= 65535 ? { address: match[1], port } : undefined
}

/** The address of "192.168.88.8/24"; a plain address as it is. */
export function withoutPrefix(address: string): string {
  return address.split('/')[0] ?? address
}
