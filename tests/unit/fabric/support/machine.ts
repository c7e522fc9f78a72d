import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What a QEMU is to the fabric: a client of QEMU's stream protocol, written without the code under test. */
export class Machine implements Disposable {
  readonly received: Buffer[] = []
  readonly socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => this.#take(chunk))
  }

  static async connect(path: string): Promise<Machine> {
    const socket = connect(path)
    await once(socket, 'connect')
    return new Machine(socket)
  }

  static encode(frame: Uint8Array): Buffer {
    const header = Buffer.alloc(4)
    header.writeUInt32BE(frame.length)
    return Buffer.concat([header, frame])
  }

  /** Resolves when the kernel has taken the frames. */
  async send(...frames: Uint8Array[]): Promise<void> {
    await this.write(Buffer.concat(frames.map((frame) => Machine.encode(frame))))
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.write(bytes, (error) => (error == null ? resolve() : reject(error)))
    })
  }

  /** Resolves when so many frames have come in all. */
  async count(frames: number): Promise<readonly Buffer[]> {
    while (this.received.length < frames) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.received
  }

  get texts(): string[] {
    return this.received.map((frame) => frame.subarray(14).toString())
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  #take(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let offset = 0
    while (data.length - offset >= 4 && data.length - offset >= 4 + data.readUInt32BE(offset)) {
      const end = offset + 4 + data.readUInt32BE(offset)
      this.received.push(data.subarray(offset + 4, end))
      offset = end
    }
    this.#rest = data.subarray(offset)
    this.#wake?.()
  }
}
