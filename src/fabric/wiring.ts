import { CablePort, type PortObserver } from './cable-port.ts'
import { CaptureWriter } from './capture-writer.ts'
import type { PortCounts } from './fabric-stats.ts'
import type { ClockZero } from './monotonic-clock.ts'
import { Segment } from './segment.ts'
import type { ThreadSetup } from './thread-protocol.ts'
import type { CableId } from './types.ts'

/** A cable where it enters its network. */
export interface Line {
  readonly port: CablePort
  readonly segment: Segment
  readonly capture: CaptureWriter | undefined
  /** The cable's number among its network's, which is its interface in the capture. */
  readonly index: number
  /** The machine's MAC address, as a number. */
  readonly mac: number
}

/** What is connected to what: networks, cables and captures. */
export class Wiring {
  readonly #segments = new Map<string, Segment>()
  readonly #lines = new Map<CablePort, Line>()
  readonly #byCable = new Map<CableId, Line>()
  readonly #captures: CaptureWriter[] = []

  /** Makes all captures and sockets. */
  async open({ networks, cables, zero }: ThreadSetup, observer: PortObserver): Promise<void> {
    for (const network of networks) {
      const own = cables.filter((cable) => cable.network === network.name)
      const segment = new Segment(network)
      this.#segments.set(network.name, segment)
      const ids = own.map(({ id }) => id)
      const capture = await this.#capture(network.capturePath, ids, zero)
      for (const [index, cable] of own.entries()) {
        const port = new CablePort(cable.id, observer)
        const line: Line = { port, segment, capture, index, mac: Number.parseInt(cable.mac.replaceAll(':', ''), 16) }
        segment.add(port)
        this.#lines.set(port, line)
        this.#byCable.set(cable.id, line)
        await port.listen(cable.socketPath)
      }
    }
  }

  get segments(): Iterable<Segment> {
    return this.#segments.values()
  }

  segment(network: string): Segment {
    return known(this.#segments.get(network), network)
  }

  lineOf(port: CablePort): Line {
    return this.#lines.get(port)!
  }

  line(cable: CableId): Line {
    return known(this.#byCable.get(cable), cable)
  }

  portCounts(): Map<CableId, PortCounts> {
    return new Map([...this.#lines.keys()].map(({ id, counts }) => [id, counts]))
  }

  get uncaptured(): number {
    return this.#captures.reduce((sum, capture) => sum + capture.uncaptured, 0)
  }

  async flushCaptures(): Promise<void> {
    await everyOne(this.#captures.map((capture) => capture.flush()))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lines.keys()].map((port) => port.close()))
    await everyOne(this.#captures.map((capture) => capture.close()))
  }

  async #capture(path: string | undefined, ids: CableId[], zero: ClockZero): Promise<CaptureWriter | undefined> {
    if (path === undefined) return undefined
    const capture = await CaptureWriter.create(path, ids, zero)
    this.#captures.push(capture)
    return capture
  }
}

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`not in the fabric: ${name}`)
  return found
}

/** Waits for all, then throws what went wrong first: one capture's failure must not cut another one short. */
async function everyOne(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises)
  await Promise.all(promises)
}
