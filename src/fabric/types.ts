import type { ClusterTime } from '../clock.ts'

declare const blockId: unique symbol

/** "node-1:eth1": the cable between a machine's NIC and its network. */
export type CableId = `${string}:${string}`

export interface FabricNetwork {
  readonly name: string
  readonly kind: 'switch' | 'hub'
}

export interface FabricCable {
  readonly id: CableId
  readonly network: string
  /** The MAC address that the machine at the cable's end will use, lower case, colons. */
  readonly mac: string
}

/** Common to all frames that the fabric saw on a wire. */
export interface WireFrame {
  /** When the fabric read the frame from the machine; late by at most the thread's {@link Lateness}. */
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

export interface IcmpEvent extends WireFrame {
  readonly type: 'icmp'
  readonly srcIp: string
  readonly dstIp: string
  readonly icmpType: number
  readonly icmpCode: number
}

/** A TCP segment with SYN, FIN or RST, or one whose payload begins an HTTP request or response. */
export interface TcpEvent extends WireFrame {
  readonly type: 'tcp'
  readonly srcIp: string
  readonly dstIp: string
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
  /** The outer header, when the segment travelled IP-in-IP. */
  readonly tunnel?: { readonly srcIp: string; readonly dstIp: string }
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
  readonly previous: CableId | undefined
}

export type WireEvent = ArpEvent | VrrpEvent | IcmpEvent | TcpEvent | CableEvent | LearnEvent

/** Frames that the fabric did not deliver, by reason. */
export interface DropCounts {
  /** The receiver read too slowly and its buffer was full: the tail drop of a real switch. One per receiver. */
  readonly full: number
  /** Sent by a machine whose cable was unplugged. */
  readonly unplugged: number
  /** Stopped by a {@link BlockRule}. A rule with `toCable` counts one per receiver. */
  readonly blocked: number
  /** Too short for an Ethernet header, or a length that the stream protocol cannot have. */
  readonly malformed: number
}

export interface FabricStats {
  /** Frames that entered a network by a plugged cable and were not blocked there. */
  readonly frames: number
  readonly bytes: number
  /** The sum of {@link FabricStats.drops}. */
  readonly dropped: number
  readonly drops: DropCounts
  /** Frames that were forwarded but not captured, because the disk could not keep up. */
  readonly uncaptured: number
  /** How late the fabric's thread was scheduled, sampled every few ms. */
  readonly latenessMaxMs: number
  readonly latenessP99Ms: number
}

/** How late the fabric's thread was scheduled: the error bar of every {@link WireFrame.at}. */
export interface Lateness {
  readonly maxMs: number
  readonly p99Ms: number
}

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

/** One pcapng file per network. */
export interface Capture {
  readonly network: string
  readonly path: string
}
