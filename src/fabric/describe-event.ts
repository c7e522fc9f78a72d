import type { ClusterTime } from '../clock.ts'
import type { Ipv4Frame, TcpEvent, UdpEvent, WireEvent } from './types.ts'

/** An event in a line of words: "12.346 s node-1:eth0 advert vrid 51 priority 100 from 10.0.0.11 for 10.0.0.100". */
export function describeEvent(event: WireEvent): string {
  return `${describeTime(event.at)} ${event.cable} ${whatHappened(event)}`
}

export function describeTime(at: ClusterTime): string {
  return `${(at / 1000).toFixed(3)} s`
}

function whatHappened(event: WireEvent): string {
  switch (event.type) {
    case 'arp':
      if (event.gratuitous) return `gratuitous ARP ${event.operation}: ${event.senderIp} is at ${event.senderMac}`
      if (event.operation === 'reply')
        return `ARP reply to ${event.targetIp}: ${event.senderIp} is at ${event.senderMac}`
      return `ARP request: who has ${event.targetIp}, tell ${event.senderIp}`
    case 'vrrp': {
      const flaw = event.checksumOk ? '' : ', bad checksum'
      const addresses = event.addresses.join(' ')
      return `advert vrid ${event.vrid} priority ${event.priority} from ${event.srcIp} for ${addresses}${flaw}`
    }
    case 'icmp':
      return `ICMP type ${event.icmpType} code ${event.icmpCode} from ${event.srcIp} to ${event.dstIp}${tunnelOf(event)}`
    case 'udp':
      return `UDP ${endsOf(event)}, ${event.payloadLength} bytes${heartbeatOf(event)}`
    case 'tcp':
      return describeSegment(event)
    case 'cable':
      return event.change
    case 'learn':
      return `learnt ${event.mac}${beforeAt(event.movedFrom ?? event.previous)}`
    case 'binding':
      return `told by ${event.from}: ${event.ip} is at ${event.mac}${beforeAt(event.previous)}`
  }
}

function describeSegment(event: TcpEvent): string {
  const flags = (['syn', 'ack', 'fin', 'rst'] as const).filter((flag) => event[flag]).map((flag) => flag.toUpperCase())
  const line = event.http ?? event.ftp
  return `TCP ${flags.join(',')} ${endsOf(event)}${line === undefined ? '' : ` "${line}"`}`
}

function heartbeatOf({ heartbeat }: UdpEvent): string {
  if (heartbeat === undefined) return ''
  const { type, src, status } = heartbeat
  return `, heartbeat ${type}${status === undefined ? '' : ` ${status}`}${src === undefined ? '' : ` of ${src}`}`
}

function endsOf(event: Ipv4Frame & { readonly srcPort: number; readonly dstPort: number }): string {
  return `${event.srcIp}:${event.srcPort} > ${event.dstIp}:${event.dstPort}${tunnelOf(event)}`
}

function tunnelOf({ tunnel }: Ipv4Frame): string {
  return tunnel === undefined ? '' : ` in a tunnel to ${tunnel.dstIp}`
}

function beforeAt(place: string | undefined): string {
  return place === undefined ? '' : `, before at ${place}`
}
