import { ipAt, onesComplementSum, u16, u32, u8 } from './bytes.ts'
import { IpProtocol, type Ipv4Layout } from './frame-layout.ts'
import type { VrrpEvent, WireFrame } from './types.ts'

const HEADER_BYTES = 8
const ADVERTISEMENT = 1

/** A VRRP advert: version 2 of RFC 3768 section 5.1 or version 3 of RFC 5798 section 5.1, over IPv4. */
export function decodeVrrp(frame: Uint8Array, ip: Ipv4Layout, seen: () => WireFrame): VrrpEvent | undefined {
  const start = ip.payload
  if (ip.end < start + HEADER_BYTES) return undefined
  const version = u8(frame, start) >> 4
  if ((version !== 2 && version !== 3) || (u8(frame, start) & 0x0f) !== ADVERTISEMENT) return undefined
  const addressCount = u8(frame, start + 3)
  // Version 2's eight bytes of authentication data follow the addresses; some senders leave them out.
  if (ip.end < start + HEADER_BYTES + addressCount * 4) return undefined
  const addresses = Array.from({ length: addressCount }, (_, index) => ipAt(frame, start + HEADER_BYTES + index * 4))
  return {
    type: 'vrrp',
    ...seen(),
    version,
    srcIp: ipAt(frame, ip.start + 12),
    vrid: u8(frame, start + 1),
    priority: u8(frame, start + 2),
    advertIntervalMs: version === 2 ? u8(frame, start + 5) * 1000 : (u16(frame, start + 4) & 0x0fff) * 10,
    addresses,
    authType: version === 2 ? u8(frame, start + 4) : undefined,
    checksumOk: !ip.fragmented && checksumOk(frame, ip, version),
  }
}

/** Version 2 sums the VRRP message, authentication data included; version 3 adds the IPv4 pseudo-header. */
function checksumOk(frame: Uint8Array, ip: Ipv4Layout, version: 2 | 3): boolean {
  const message = frame.subarray(ip.payload, ip.end)
  return onesComplementSum(message, version === 2 ? 0 : pseudoHeaderSum(frame, ip)) === 0xffff
}

function pseudoHeaderSum(frame: Uint8Array, ip: Ipv4Layout): number {
  const words = (address: number) => Math.floor(address / 0x10000) + (address & 0xffff)
  const addresses = words(u32(frame, ip.start + 12)) + words(u32(frame, ip.start + 16))
  return addresses + IpProtocol.vrrp + (ip.end - ip.payload)
}
