import { open, type FileHandle } from 'node:fs/promises'
import type { ClusterTime } from '../clock.ts'
import { InfrastructureError, messageOf } from '../errors.ts'
import type { ClockZero } from './monotonic-clock.ts'
import { enhancedPacket, interfaceDescription, sectionHeader } from './pcapng.ts'
import type { CableId } from './types.ts'

const FLUSH_MS = 250
const FLUSH_BYTES = 1 << 20
/** What may wait for a slow disk before packets are left out of the capture. */
const MAX_WAITING_BYTES = 64 << 20

/**
 * Writes one network's capture behind the forwarding's back: packets collect in memory and are appended every 250 ms,
 * or sooner when there is much. A disk that is too slow costs packets in the capture ({@link CaptureWriter.uncaptured}),
 * never on the wire.
 */
export class CaptureWriter {
  uncaptured = 0
  readonly #path: string
  readonly #file: FileHandle
  readonly #epochNs: bigint
  readonly #timer: NodeJS.Timeout
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #unwrittenBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #failure: unknown

  private constructor(path: string, file: FileHandle, zero: ClockZero) {
    this.#path = path
    this.#file = file
    this.#epochNs = BigInt(zero.epochMs) * 1_000_000n
    this.#timer = setInterval(() => this.#append(), FLUSH_MS)
  }

  /** Creates or overwrites the file; `cables` become its interfaces, in this order. */
  static async create(path: string, cables: readonly CableId[], zero: ClockZero): Promise<CaptureWriter> {
    const writer = new CaptureWriter(path, await open(path, 'w'), zero)
    writer.#add(sectionHeader('lvslab'))
    for (const cable of cables) writer.#add(interfaceDescription(cable))
    writer.#append()
    return writer
  }

  /** One more interface, numbered after those that are there: before its first packet is soon enough (pcapng). */
  addInterface(name: string): void {
    this.#add(interfaceDescription(name))
  }

  record(interfaceIndex: number, at: ClusterTime, frame: Uint8Array, comment?: string): void {
    if (this.#failure !== undefined || this.#waitingBytes + this.#unwrittenBytes > MAX_WAITING_BYTES) {
      this.uncaptured++
      return
    }
    const timeNs = this.#epochNs + BigInt(Math.round(at * 1e6))
    this.#add(enhancedPacket({ interfaceIndex, timeNs, frame, comment }))
    if (this.#waitingBytes >= FLUSH_BYTES) this.#append()
  }

  /** All packets recorded so far are in the file. Throws what went wrong with it, once and each time. */
  async flush(): Promise<void> {
    this.#append()
    await this.#writing
    if (this.#failure === undefined) return
    throw new InfrastructureError('LVSLAB_E_FABRIC_CAPTURE', `The capture ${this.#path} could not be written`, {
      seen: `${messageOf(this.#failure)}; ${this.uncaptured} frames are missing from it`,
      todo: 'free space on the file system, or choose another capture directory',
      cause: this.#failure,
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      await this.flush()
    } finally {
      await this.#file.close()
    }
  }

  #add(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
  }

  #append(): void {
    if (this.#waitingBytes === 0) return
    const batch = this.#waiting
    const bytes = this.#waitingBytes
    this.#waiting = []
    this.#waitingBytes = 0
    this.#unwrittenBytes += bytes
    this.#writing = this.#writing.then(async () => {
      try {
        if (this.#failure === undefined) await this.#file.appendFile(Buffer.concat(batch, bytes))
      } catch (error) {
        this.#failure = error
      }
      this.#unwrittenBytes -= bytes
    })
  }
}
