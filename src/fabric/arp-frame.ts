import { EtherType } from './frame-layout.ts'
import { macBytes } from './mac.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = '00:00:00:00:00:00'

export interface ArpFields {
  readonly operation: 'request' | 'reply'
  readonly senderMac: string
  readonly senderIp: string
  readonly targetMac: string
  readonly targetIp: string
  /** Of the Ethernet header. */
  readonly dstMac: string
}

/** An ARP packet for IPv4 over Ethernet (RFC 826), padded to Ethernet's least size. */
export function arpFrame({ operation, senderMac, senderIp, targetMac, targetIp, dstMac }: ArpFields): Uint8Array {
  const frame = new Uint8Array(60)
  const view = new DataView(frame.buffer)
  frame.set(macBytes(dstMac), 0)
  frame.set(macBytes(senderMac), 6)
  view.setUint16(12, EtherType.arp)
  view.setUint16(14, 1)
  view.setUint16(16, EtherType.ipv4)
  frame.set([6, 4], 18)
  view.setUint16(20, operation === 'request' ? 1 : 2)
  frame.set(macBytes(senderMac), 22)
  frame.set(senderIp.split('.').map(Number), 28)
  frame.set(macBytes(targetMac), 32)
  frame.set(targetIp.split('.').map(Number), 38)
  return frame
}

/** The two forms of gratuitous ARP: an announcement as request (RFC 5227 section 3), and as reply (RFC 5944 4.6). */
export function gratuitousArpFrames(mac: string, ip: string): Uint8Array[] {
  const all = { senderMac: mac, senderIp: ip, targetIp: ip, dstMac: BROADCAST }
  return [
    arpFrame({ ...all, operation: 'request', targetMac: NOBODY }),
    arpFrame({ ...all, operation: 'reply', targetMac: BROADCAST }),
  ]
}
