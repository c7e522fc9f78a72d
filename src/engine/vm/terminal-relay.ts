import { rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * Stands between a person and the socket that QEMU gives a virtio console. That one never closes, whatever happens to the
 * shell behind it; the relay's does: it looks for a mark that is printed after the shell, with the shell's exit code in
 * it, keeps the mark to itself and hangs up.
 */
export class TerminalRelay {
  readonly path: string
  /** The shell's exit code; undefined when the person, the machine or the relay went away first. */
  readonly ended: Promise<number | undefined>
  readonly #mark: Buffer
  readonly #machine: Socket
  readonly #server: Server
  #person: Socket | undefined
  /** What came before anybody listened, and what may be the beginning of the mark. */
  #held: Buffer = Buffer.alloc(0)
  #end!: (exitCode: number | undefined) => void
  #isEnded = false

  private constructor(path: string, mark: string, machine: Socket) {
    this.path = path
    this.#mark = Buffer.from(mark)
    this.#machine = machine
    this.ended = new Promise((resolve) => (this.#end = resolve))
    this.#server = createServer((person) => this.#welcome(person))
    machine.on('data', (chunk) => this.#fromMachine(chunk))
    machine.on('error', () => undefined)
    machine.on('close', () => this.close())
  }

  /**
   * @param path - where a person connects; one at a time
   * @param machinePath - QEMU's socket
   * @param mark - what is printed after the shell, followed by its exit code and a BEL
   */
  static async open(path: string, machinePath: string, mark: string): Promise<TerminalRelay> {
    await rm(path, { force: true })
    const machine = connect(machinePath)
    await new Promise<void>((resolve, reject) => machine.once('connect', resolve).once('error', reject))
    const relay = new TerminalRelay(path, mark, machine)
    try {
      await new Promise<void>((resolve, reject) => relay.#server.once('error', reject).listen(path, resolve))
    } catch (error) {
      relay.close()
      throw error
    }
    return relay
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  close(exitCode?: number): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#machine.destroy()
    this.#server.close()
    if (this.#person) this.#person.end(this.#held)
    this.#end(exitCode)
  }

  #welcome(person: Socket): void {
    person.on('error', () => undefined)
    if (this.#person || this.#isEnded) return void person.destroy()
    this.#person = person
    person.on('data', (chunk) => {
      // A guest that does not read (frozen, say) must not make the keys pile up here.
      if (!this.#machine.write(chunk)) person.pause()
    })
    this.#machine.on('drain', () => person.resume())
    person.on('drain', () => this.#machine.resume())
    person.on('close', () => this.close())
    this.#fromMachine(Buffer.alloc(0))
  }

  #fromMachine(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk])
    if (!this.#person) return
    const at = this.#held.indexOf(this.#mark)
    if (at >= 0) {
      const bell = this.#held.indexOf(7, at)
      if (bell < 0) return
      const code = Number(this.#held.toString('latin1', at + this.#mark.length, bell))
      this.#held = this.#held.subarray(0, at)
      return this.close(Number.isInteger(code) ? code : undefined)
    }
    const keep = beginningOf(this.#mark, this.#held)
    const ready = this.#held.subarray(0, this.#held.length - keep)
    this.#held = this.#held.subarray(this.#held.length - keep)
    if (ready.length > 0 && !this.#person.write(ready)) this.#machine.pause()
  }
}

/** How many bytes at the end of `data` may be the beginning of `mark`. */
function beginningOf(mark: Buffer, data: Buffer): number {
  for (let length = Math.min(mark.length - 1, data.length); length > 0; length--) {
    if (data.subarray(data.length - length).equals(mark.subarray(0, length))) return length
  }
  return 0
}
