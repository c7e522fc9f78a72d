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
  /** How many interfaces each network's capture has. */
  readonly #interfaces = new Map<string, number>()

  /** Makes all captures and sockets. */
  async open({ networks, cables, zero }: ThreadSetup, observer: PortObserver): Promise<void> {
    for (const network of networks) {
      const own = cables.filter((cable) => cable.network === network.name)
      const segment = new Segment(network)
      this.#segments.set(network.name, segment)
      const ids = own.map(({ id }) => id)
      const capture = await this.#capture(network.capturePath, ids, zero)
      this.#interfaces.set(network.name, own.length)
      for (const [index, cable] of own.entries()) {
        const port = new CablePort(cable.id, observer)
        this.#connect({ port, segment, capture, index, mac: numberOf(cable.mac) })
        await port.listen(cable.socketPath)
      }
    }
  }

  /** One more cable in a network, at whose end there is no socket. */
  add(network: string, id: CableId, mac: string, observer: PortObserver): CablePort {
    if (this.#byCable.has(id)) throw new Error(`the fabric has a cable ${id} already`)
    const segment = this.segment(network)
    const capture = [...this.#lines.values()].find((line) => line.segment === segment)?.capture
    const index = this.#interfaces.get(network) ?? 0
    this.#interfaces.set(network, index + 1)
    capture?.addInterface(id)
    const port = new CablePort(id, observer)
    this.#connect({ port, segment, capture, index, mac: numberOf(mac) })
    return port
  }

  remove(port: CablePort): void {
    this.lineOf(port).segment.remove(port)
    this.#lines.delete(port)
    this.#byCable.delete(port.id)
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

  #connect(line: Line): void {
    line.segment.add(line.port)
    this.#lines.set(line.port, line)
    this.#byCable.set(line.port.id, line)
  }

  async #capture(path: string | undefined, ids: CableId[], zero: ClockZero): Promise<CaptureWriter | undefined> {
    if (path === undefined) return undefined
    const capture = await CaptureWriter.create(path, ids, zero)
    this.#captures.push(capture)
    return capture
  }
}

function numberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16)
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
