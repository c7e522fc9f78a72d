import type { ClusterTime } from '../clock.ts'

declare const blockId: unique symbol
declare const partitionId: unique symbol

/** "node-1:eth1": the cable between a machine's NIC and its network. */
export type CableId = `${string}:${string}`

/** A learning switch, or a hub, which repeats everything to everybody. */
export type NetworkKind = 'switch' | 'hub'

export interface FabricNetwork {
  readonly name: string
  readonly kind: NetworkKind
}

export interface FabricCable {
  readonly id: CableId
  readonly network: string
  /** The MAC address that the machine at the cable's end will use, lower case, colons. */
  readonly mac: string
}

/** Common to all frames that the fabric saw on a wire. */
export interface WireFrame {
  /**
   * When the fabric read the frame from the machine, or when it came to the network's end of a cable that delays it; late
   * by at most the thread's `Lateness`.
   */
  readonly at: ClusterTime
  readonly network: string
  /** The cable by which the frame entered the network. */
  readonly cable: CableId
  readonly srcMac: string
  readonly dstMac: string
}

export interface ArpEvent extends WireFrame {
  readonly type: 'arp'
  readonly operation: 'request' | 'reply'
  readonly senderMac: string
  readonly senderIp: string
  readonly targetMac: string
  readonly targetIp: string
  /** RFC 5944 section 4.6: sender and target protocol address are the same. */
  readonly gratuitous: boolean
}

export interface VrrpEvent extends WireFrame {
  readonly type: 'vrrp'
  readonly version: 2 | 3
  readonly srcIp: string
  readonly vrid: number
  readonly priority: number
  /** Advertisement interval in ms (v2 carries seconds, v3 centiseconds). */
  readonly advertIntervalMs: number
  readonly addresses: readonly string[]
  readonly authType: number | undefined
  readonly checksumOk: boolean
}

/** The addresses of an outer IPv4 header (RFC 2003). */
export interface TunnelHeader {
  readonly srcIp: string
  readonly dstIp: string
}

/** What an IPv4 header says of whatever follows it. */
export interface Ipv4Frame extends WireFrame {
  readonly srcIp: string
  readonly dstIp: string
  /** The outer header, when the packet travelled IP-in-IP; the other addresses are then those of the inner one. */
  readonly tunnel?: TunnelHeader
}

export interface IcmpEvent extends Ipv4Frame {
  readonly type: 'icmp'
  readonly icmpType: number
  readonly icmpCode: number
}

export interface UdpEvent extends Ipv4Frame {
  readonly type: 'udp'
  readonly srcPort: number
  readonly dstPort: number
  /** As the UDP header has it (RFC 768): the whole datagram's, also where IP cut it into fragments. */
  readonly payloadLength: number
  /** When the payload is a message of Linux-HA's heartbeat, whatever the port. */
  readonly heartbeat?: HeartbeatMessage
}

/** What a message of heartbeat says of itself (heartbeat 3.0.6 include/hb_api.h, F_TYPE, F_ORIG, F_STATUS). */
export interface HeartbeatMessage {
  /** "status" (the one kind that shows that a node lives), "ackmsg", "ip-request", … */
  readonly type: string
  /** The sending node, in lower case. */
  readonly src?: string
  /** Of a status: "up", "active", "dead". */
  readonly status?: string
}

/** A TCP segment with SYN, FIN or RST, or one whose payload begins an HTTP message or a line of FTP control. */
export interface TcpEvent extends Ipv4Frame {
  readonly type: 'tcp'
  readonly srcPort: number
  readonly dstPort: number
  readonly syn: boolean
  readonly ack: boolean
  readonly fin: boolean
  readonly rst: boolean
  readonly seq: number
  readonly payloadLength: number
  /** First line of an HTTP request or response, when the payload begins with one. */
  readonly http?: string
  /** First line of an FTP reply from port 21 or command to it: NAT's helper rewrites the addresses in PORT and 227. */
  readonly ftp?: string
}

export interface CableEvent {
  readonly type: 'cable'
  readonly at: ClusterTime
  readonly network: string
  readonly cable: CableId
  readonly change: 'connected' | 'disconnected' | 'unplugged' | 'plugged'
}

/** The switch learnt a MAC address on a port that it was not on before. */
export interface LearnEvent {
  readonly type: 'learn'
  readonly at: ClusterTime
  readonly network: string
  readonly cable: CableId
  readonly mac: string
  /** Where the table had it when the frame came. */
  readonly previous: CableId | undefined
  /**
   * Where it was when the switch last knew, if that was elsewhere: `previous`, or where it was before the table forgot it
   * (cable pulled, machine gone, partition, hub for a while).
   */
  readonly movedFrom?: CableId
}

/**
 * ARP that was handed to a port named another MAC address for an IP address than what that port was handed last. With
 * VRRP on the interfaces' own MAC addresses no MAC moves when a virtual IP does: this is how the network learns of it.
 * That the machine behind the port believes it is not seen. Counted is ARP to a group address or to the cable's own MAC,
 * in any form; a port forgets when its machine goes or its cable is pulled (neigh_carrier_down in net/core/neighbour.c).
 */
export interface BindingEvent {
  readonly type: 'binding'
  /** When the frame left the network for this port: later than it came where the cable delays. */
  readonly at: ClusterTime
  readonly network: string
  /** The cable that it was handed to. */
  readonly cable: CableId
  /** The cable that it came from. */
  readonly from: CableId
  readonly ip: string
  readonly mac: string
  /** What it was handed before; undefined for the first time. */
  readonly previous: string | undefined
}

/** A frame that was on the wire. */
export type FrameEvent = ArpEvent | VrrpEvent | IcmpEvent | UdpEvent | TcpEvent

export type WireEvent = FrameEvent | CableEvent | LearnEvent | BindingEvent

/** A kind of frame that a {@link BlockRule} can name. `garp` is gratuitous ARP in either form, request or reply. */
export type FrameKind = 'arp' | 'arp-request' | 'arp-reply' | 'garp' | 'ipv4' | 'icmp' | 'tcp' | 'udp' | 'ipip' | 'vrrp'

/**
 * Which frames to drop. Every field that is given must hold; a rule with none drops everything.
 *
 * Without `toCable` the frame is stopped where it enters: nobody gets it, the switch learns nothing, no capture has it.
 * With `toCable` it is stopped where it would leave: others still get it, and it counts as having been on the wire
 * unless no receiver was left.
 */
export interface BlockRule {
  readonly network?: string
  readonly fromCable?: CableId
  readonly toCable?: CableId
  readonly match?: FrameKind
  /** TCP or UDP port, at either end. */
  readonly port?: number
}

export type BlockId = number & { readonly [blockId]: true }

export type PartitionId = number & { readonly [partitionId]: true }

/** One pcapng file per network. */
export interface Capture {
  readonly network: string
  readonly path: string
}
