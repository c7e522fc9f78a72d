import type { ClusterTime } from '../clock.ts'
import { arpFrame, gratuitousArpFrames } from './arp-frame.ts'
import type { CablePort } from './cable-port.ts'
import { decodeFrame } from './decode.ts'
import type { FabricCore } from './fabric-core.ts'
import { HEADER_BYTES, toRecord } from './frame-parser.ts'
import type { MonotonicClock } from './monotonic-clock.ts'
import type { StrangerId, StrangerSpec } from './stranger-spec.ts'
import type { Admission } from './thread-protocol.ts'
import type { CableId } from './types.ts'

/** What the capture says beside each frame of theirs. */
const COMMENT = 'sent by a stranger that lvslab plays'

interface Present {
  readonly port: CablePort
  readonly timer: NodeJS.Timeout
}

/** Machines on a network that do not belong to the cluster: they run in the fabric's thread, and have no sockets. */
export class Strangers {
  readonly #core: FabricCore
  readonly #clock: MonotonicClock
  readonly #present = new Map<StrangerId, Present>()
  #count = 0

  constructor(core: FabricCore, clock: MonotonicClock) {
    this.#core = core
    this.#clock = clock
  }

  /** It announces itself at once, and then in its rhythm. */
  admit(network: string, { address, mac, everyMs, answers }: Required<StrangerSpec>): Admission {
    const id = ++this.#count as StrangerId
    const cable: CableId = `stranger-${id}:eth0`
    const send = (frame: Uint8Array): void => this.#core.play(port, toRecord(frame), COMMENT)
    const port = this.#core.plugIn(network, cable, mac, (record) => {
      if (!answers) return
      const event = decodeFrame(record.subarray(HEADER_BYTES), { at: 0 as ClusterTime, network, cable })
      if (event?.type !== 'arp' || event.operation !== 'request' || event.gratuitous) return
      if (event.targetIp !== address) return
      const asker = { targetMac: event.senderMac, targetIp: event.senderIp, dstMac: event.senderMac }
      send(arpFrame({ operation: 'reply', senderMac: mac, senderIp: address, ...asker }))
    })
    const announce = (): void => gratuitousArpFrames(mac, address).forEach(send)
    announce()
    this.#present.set(id, { port, timer: setInterval(announce, everyMs) })
    return { id, cable, at: this.#clock.now() }
  }

  dismiss(id: StrangerId): ClusterTime {
    const stranger = this.#present.get(id)
    if (stranger === undefined) return this.#clock.now()
    clearInterval(stranger.timer)
    this.#present.delete(id)
    return this.#core.pullOut(stranger.port)
  }

  close(): void {
    for (const { timer } of this.#present.values()) clearInterval(timer)
  }
}
