import { createServer, type Server, type Socket } from 'node:net'
import { FrameParser, FramingError } from './frame-parser.ts'
import type { ImpairedWay } from './impaired-way.ts'
import type { Direction } from './impairment.ts'
import { Outbox } from './outbox.ts'
import type { CableId } from './types.ts'

/**
 * What may wait for one receiver. Beyond it frames are dropped at the tail, as a switch with a full queue does: a
 * machine that stands still must not hold up the others, nor find an hour of traffic when it wakes.
 */
const MAX_QUEUED_BYTES = 2 << 20

export interface PortObserver {
  onRecord(port: CablePort, record: Uint8Array): void
  onConnection(port: CablePort, change: 'connected' | 'disconnected'): void
  /** What came cannot be the stream protocol; the connection is being closed. */
  onMalformed(port: CablePort): void
}

/** One cable's end at the fabric: a listening unix socket, and the machine that is connected to it, if any. */
export class CablePort {
  readonly id: CableId
  plugged = true
  /** Frames since the start; see `PortCounts`. */
  readonly counts = { sent: 0, delivered: 0 }
  /** What frames pass on the cable; nothing, unless it is impaired. */
  readonly ways: Record<Direction, ImpairedWay | undefined> = { in: undefined, out: undefined }
  readonly #observer: PortObserver
  readonly #server: Server
  readonly #outbox = new Outbox()
  #socket: Socket | undefined
  /** Plays the machine at the end, where there is none: is given what a machine would be. */
  player: ((record: Uint8Array) => void) | undefined

  constructor(id: CableId, observer: PortObserver) {
    this.id = id
    this.#observer = observer
    this.#server = createServer((socket) => this.#accept(socket))
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, resolve)
    })
  }

  get connected(): boolean {
    return this.#socket !== undefined
  }

  /** Queues a frame until {@link CablePort.flush}; false if the queue is full and the frame was dropped. */
  enqueue(record: Uint8Array): boolean {
    if (this.player !== undefined) {
      this.counts.delivered++
      // An answer comes after the frame that it answers, and never in the middle of delivering it to others.
      setImmediate(() => this.player?.(record))
      return true
    }
    if (this.#socket === undefined) return true
    if (this.#socket.writableLength + this.#outbox.bytes + record.length > MAX_QUEUED_BYTES) return false
    this.#outbox.add(record)
    this.counts.delivered++
    return true
  }

  /** Hands all queued frames to the kernel in one writev(2). */
  flush(): void {
    const records = this.#outbox.take()
    const socket = this.#socket
    if (socket === undefined || records.length === 0) return
    socket.cork()
    for (const record of records) socket.write(record)
    socket.uncork()
  }

  /** Closes the connection and the listening socket, whose file goes with it. */
  async close(): Promise<void> {
    this.flush()
    this.#socket?.destroy()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }

  /** A machine that was started again may connect before its predecessor's end was noticed: the newer one counts. */
  #accept(socket: Socket): void {
    this.#release(this.#socket)
    this.#socket = socket
    const parser = new FrameParser()
    socket.on('data', (chunk) => this.#receive(socket, parser, chunk))
    // A killed QEMU resets its connection; 'close' always follows.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#release(socket))
    this.#observer.onConnection(this, 'connected')
  }

  #receive(socket: Socket, parser: FrameParser, chunk: Uint8Array): void {
    if (socket !== this.#socket) return
    try {
      parser.push(chunk, (record) => this.#observer.onRecord(this, record))
    } catch (error) {
      if (!(error instanceof FramingError)) throw error
      this.#observer.onMalformed(this)
      this.#release(socket)
    }
  }

  #release(socket: Socket | undefined): void {
    if (socket === undefined || socket !== this.#socket) return
    this.#socket = undefined
    this.#outbox.take()
    socket.destroy()
    this.#observer.onConnection(this, 'disconnected')
  }
}
