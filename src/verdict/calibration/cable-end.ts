import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { FrameParser, HEADER_BYTES, toRecord } from '../../fabric/frame-parser.ts'

/** A machine's end of a cable, as a QEMU has it: frames over the fabric's unix socket. */
export class CableEnd {
  readonly #socket: Socket

  private constructor(socket: Socket, onFrame: (frame: Uint8Array) => void) {
    this.#socket = socket
    const parser = new FrameParser()
    socket.on('data', (chunk) => parser.push(chunk, (record) => onFrame(record.subarray(HEADER_BYTES))))
    socket.on('error', () => undefined)
  }

  static async connect(path: string, onFrame: (frame: Uint8Array) => void): Promise<CableEnd> {
    const socket = connect(path)
    await once(socket, 'connect')
    return new CableEnd(socket, onFrame)
  }

  /** The kernel takes it in this call, unless the fabric does not read. */
  send(frame: Uint8Array): void {
    this.#socket.write(toRecord(frame))
  }

  close(): void {
    this.#socket.destroy()
  }
}
