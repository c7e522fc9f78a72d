import { u16, u32, u48 } from './bytes.ts'
import type { CablePort } from './cable-port.ts'
import { ethernetLayout, EtherType, isArp } from './frame-layout.ts'

/** What a port was told by ARP: IP address and MAC address as numbers, and the MAC address that it was told before. */
export interface Binding {
  readonly ip: number
  readonly mac: number
  readonly previous: number | undefined
}

/** An ARP scan from forged addresses must not fill the memory; no cluster of ours has so many addresses. */
const MAX_ADDRESSES = 4096

/** Which MAC address each port was told of for each IP address: what the machine behind it can know from ARP. */
export class Bindings {
  readonly #told = new Map<CablePort, Map<number, number>>()

  /**
   * Notes a frame that is handed to a port; answers what is new in it, if it is ARP that says something new.
   * @param ownMac - of the machine there: ARP to another machine, which a hub repeats here, is not for it
   */
  handed(port: CablePort, ownMac: number, frame: Uint8Array): Binding | undefined {
    const isGroup = ((frame[0] ?? 0) & 1) === 1
    const said = sayingOf(frame)
    return said !== undefined && (isGroup || u48(frame, 0) === ownMac) ? this.#note(port, said) : undefined
  }

  /** Notes a frame that a port's machine sent: what it says itself it knows. */
  sent(port: CablePort, frame: Uint8Array): void {
    const said = sayingOf(frame)
    if (said !== undefined) this.#note(port, said)
  }

  /** The machine behind a port is gone, or lost its carrier. */
  forget(port: CablePort): void {
    this.#told.delete(port)
  }

  #note(port: CablePort, { ip, mac }: Omit<Binding, 'previous'>): Binding | undefined {
    const known = this.#told.get(port) ?? new Map<number, number>()
    this.#told.set(port, known)
    const previous = known.get(ip)
    if (previous === mac) return undefined
    if (known.size >= MAX_ADDRESSES) known.clear()
    known.set(ip, mac)
    return { ip, mac, previous }
  }
}

/** What an ARP frame says of its sender; a probe (RFC 5227 section 2.1.1), from 0.0.0.0, says nothing. */
function sayingOf(frame: Uint8Array): Omit<Binding, 'previous'> | undefined {
  // Every frame passes here twice or more: bulk data must cost one comparison.
  if (u16(frame, 12) === EtherType.ipv4) return undefined
  const ethernet = ethernetLayout(frame)
  if (ethernet?.etherType !== EtherType.arp || !isArp(frame, ethernet.payload)) return undefined
  const ip = u32(frame, ethernet.payload + 14)
  return ip === 0 ? undefined : { ip, mac: u48(frame, ethernet.payload + 8) }
}
