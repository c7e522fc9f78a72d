import { firstSent } from './retransmissions.ts'
import type { TcpEvent, TunnelHeader, UdpEvent, WireEvent } from './types.ts'

export interface HttpAnswerFilter {
  readonly clientIp?: string
  /** Under NAT an answer is seen twice: from the real server's address, and from the virtual one. */
  readonly srcIp?: string
  readonly network?: string
}

export interface DatagramFilter {
  readonly srcIp?: string
  readonly dstIp?: string
  readonly dstPort?: number
  readonly network?: string
  /** Only heartbeat's messages of this type: "status". */
  readonly heartbeat?: string
}

export interface TunnelFilter {
  /** The director's address that the tunnel begins at. */
  readonly outerSrcIp?: string
  /** The real server's address that it ends at. */
  readonly outerDstIp?: string
  /** The virtual IP, as the client wrote it. */
  readonly innerDstIp?: string
}

/** A segment that travelled IP-in-IP. */
export type TunnelledSegment = TcpEvent & { readonly tunnel: TunnelHeader }

export function httpAnswers(events: readonly WireEvent[], { clientIp, srcIp, network }: HttpAnswerFilter): TcpEvent[] {
  return firstSent(events).filter(
    (event) =>
      event.http?.startsWith('HTTP/') === true &&
      event.dstIp === (clientIp ?? event.dstIp) &&
      event.srcIp === (srcIp ?? event.srcIp) &&
      event.network === (network ?? event.network),
  )
}

export function datagrams(
  events: readonly WireEvent[],
  { srcIp, dstIp, dstPort, network, heartbeat }: DatagramFilter,
): UdpEvent[] {
  return events.filter(
    (event): event is UdpEvent =>
      event.type === 'udp' &&
      event.srcIp === (srcIp ?? event.srcIp) &&
      event.dstIp === (dstIp ?? event.dstIp) &&
      event.dstPort === (dstPort ?? event.dstPort) &&
      event.network === (network ?? event.network) &&
      (heartbeat === undefined || event.heartbeat?.type === heartbeat),
  )
}

export function forwardedTunnels(
  events: readonly WireEvent[],
  { outerSrcIp, outerDstIp, innerDstIp }: TunnelFilter,
): TunnelledSegment[] {
  return events.filter(
    (event): event is TunnelledSegment =>
      event.type === 'tcp' &&
      event.tunnel !== undefined &&
      event.tunnel.srcIp === (outerSrcIp ?? event.tunnel.srcIp) &&
      event.tunnel.dstIp === (outerDstIp ?? event.tunnel.dstIp) &&
      event.dstIp === (innerDstIp ?? event.dstIp),
  )
}
