import type { ClusterClock, ClusterTime } from '../../../../src/clock.ts'
import {
  Wire,
  type ArpEvent,
  type CableId,
  type IcmpEvent,
  type TcpEvent,
  type UdpEvent,
  type VrrpEvent,
} from '../../../../src/fabric/index.ts'

export const ms = (value: number) => value as ClusterTime

/** A wire that is told what to have seen, and its clock. */
export function scene(): { wire: Wire; clock: ClusterClock & { epochMs: number; time: number } } {
  const clock = { epochMs: 0, time: 0, now: () => ms(clock.time), until: () => Promise.resolve() }
  return { wire: new Wire(clock, async () => undefined), clock }
}

const frame = (at: number, cable: CableId, srcMac: string, dstMac: string) =>
  ({ at: ms(at), network: 'lan', cable, srcMac, dstMac }) as const

interface Hop {
  cable: CableId
  srcMac: string
  dstMac: string
}

/** A segment in tcpdump's words: `say(1, hop, '10.0.0.1:4000 > 10.0.0.9:80', 'S')`. */
export function say(at: number, hop: Hop, ends: string, flags: string, more: Partial<TcpEvent> = {}): TcpEvent {
  const [src = '', dst = ''] = ends.split(' > ')
  const [srcIp = '', srcPort] = src.split(':')
  const [dstIp = '', dstPort] = dst.split(':')
  return {
    type: 'tcp',
    ...frame(at, hop.cable, hop.srcMac, hop.dstMac),
    srcIp,
    dstIp,
    srcPort: Number(srcPort),
    dstPort: Number(dstPort),
    syn: flags.includes('S'),
    ack: flags.includes('A'),
    fin: flags.includes('F'),
    rst: flags.includes('R'),
    seq: 1,
    payloadLength: 0,
    ...more,
  }
}

/** A datagram: `datagramEvent(1, hop, '10.0.0.1:694 > 10.0.0.255:694')`. */
export function datagramEvent(at: number, hop: Hop, ends: string, more: Partial<UdpEvent> = {}): UdpEvent {
  const { srcIp, dstIp, srcPort, dstPort, payloadLength } = say(at, hop, ends, '')
  const seen = frame(at, hop.cable, hop.srcMac, hop.dstMac)
  return { type: 'udp', ...seen, srcIp, dstIp, srcPort, dstPort, payloadLength, ...more }
}

/** A ping: `echoEvent(1, hop, '10.0.0.1 > 10.0.0.2')`. */
export function echoEvent(at: number, hop: Hop, ends: string, more: Partial<IcmpEvent> = {}): IcmpEvent {
  const { srcIp, dstIp } = say(at, hop, ends, '')
  const seen = frame(at, hop.cable, hop.srcMac, hop.dstMac)
  return { type: 'icmp', ...seen, srcIp, dstIp, icmpType: 8, icmpCode: 0, ...more }
}

export function advertEvent(at: number, srcIp: string, more: Partial<VrrpEvent> = {}): VrrpEvent {
  const node = srcIp.split('.').at(-1)!
  return {
    type: 'vrrp',
    ...frame(at, `node-${node}:eth0`, `mac-${node}`, '01:00:5e:00:00:12'),
    version: 2,
    srcIp,
    vrid: 51,
    priority: 100,
    advertIntervalMs: 1000,
    addresses: ['10.0.0.9'],
    authType: 1,
    checksumOk: true,
    ...more,
  }
}

export function arpEvent(at: number, node: string, more: Partial<ArpEvent> = {}): ArpEvent {
  return {
    type: 'arp',
    ...frame(at, `node-${node}:eth0`, `mac-${node}`, 'ff:ff:ff:ff:ff:ff'),
    operation: 'request',
    senderMac: `mac-${node}`,
    senderIp: '10.0.0.9',
    targetMac: '00:00:00:00:00:00',
    targetIp: '10.0.0.9',
    gratuitous: true,
    ...more,
  }
}
