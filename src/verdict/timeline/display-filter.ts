import type { ArpEvent, BindingEvent, LearnEvent, TcpEvent, UdpEvent, VrrpEvent } from '../../fabric/index.ts'

/**
 * Display filters (wireshark-filter(4)) that find an event's frame in its network's capture. They name what it is, not
 * when: the time is the event's own.
 */
export const displayFilter = {
  advert: ({ srcIp, vrid, priority }: VrrpEvent): string =>
    `vrrp && ip.src == ${srcIp} && vrrp.virt_rtr_id == ${vrid} && vrrp.prio == ${priority}`,
  gratuitousArp: ({ senderIp, senderMac }: ArpEvent): string =>
    `arp.isgratuitous == 1 && arp.src.proto_ipv4 == ${senderIp} && arp.src.hw_mac == ${senderMac}`,
  binding: ({ ip, mac, from }: BindingEvent): string =>
    `arp.src.proto_ipv4 == ${ip} && arp.src.hw_mac == ${mac} && frame.interface_name == "${from}"`,
  learn: ({ mac, cable }: LearnEvent): string => `eth.src == ${mac} && frame.interface_name == "${cable}"`,
  status: ({ srcIp, dstPort }: UdpEvent): string =>
    `udp.dstport == ${dstPort} && ip.src == ${srcIp} && frame contains "t=status"`,
  syn: (from: Ends): string => `${between(from)} && tcp.flags.syn == 1 && tcp.flags.ack == 0`,
  synAck: (from: Ends): string => `${between(from)} && tcp.flags.syn == 1 && tcp.flags.ack == 1`,
  httpAnswer: (segment: TcpEvent): string => `${between(segment)} && tcp.payload contains "HTTP/"`,
}

interface Ends {
  readonly srcIp: string
  readonly srcPort: number
  readonly dstIp: string
  readonly dstPort: number
}

function between({ srcIp, srcPort, dstIp, dstPort }: Ends): string {
  return `ip.src == ${srcIp} && tcp.srcport == ${srcPort} && ip.dst == ${dstIp} && tcp.dstport == ${dstPort}`
}
