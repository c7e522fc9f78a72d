import { ipAt } from './bytes.ts'
import type { Ipv4Layout } from './frame-layout.ts'
import type { Ipv4Frame, TunnelHeader } from './types.ts'

/** Whose packet it is, and through which tunnel it came, if through one. */
export function ipv4Addresses(
  frame: Uint8Array,
  ip: Ipv4Layout,
  outer: Ipv4Layout | undefined,
): Pick<Ipv4Frame, 'srcIp' | 'dstIp' | 'tunnel'> {
  const ends = endsOf(frame, ip)
  return outer === undefined ? ends : { ...ends, tunnel: endsOf(frame, outer) }
}

function endsOf(frame: Uint8Array, { start }: Ipv4Layout): TunnelHeader {
  return { srcIp: ipAt(frame, start + 12), dstIp: ipAt(frame, start + 16) }
}
