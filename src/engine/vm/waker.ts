import { connect, type Socket } from 'node:net'
import { InfrastructureError } from '../../errors.ts'
import { seed } from '../wake.ts'
import { Patience } from './patience.ts'

/** The port's name in the guest, by /sys/class/virtio-ports. */
export const WAKE_PORT = 'org.lvslab.wake.0'

const READY = 'ready'
const AWAKE = 'awake'
const ARM_TIMEOUT_MS = 20_000
const WAKE_TIMEOUT_MS = 20_000

/**
 * Waits in a machine that is about to be saved, and is in every copy of it, blocked in a read. A line of seconds,
 * nanoseconds and a seed sets the clock (clock_settime(2), 227 on x86-64) and mixes the seed into the random numbers at once
 * (RNDRESEEDCRNG, random(4)); then it ends. Starting even a small program in a copy costs an emulated processor some
 * 150 ms, and perl 400: there, nothing has been translated yet.
 */
export const WAKER = `
  $| = 1;
  open my $port, "+<", shift or exit 1;
  open my $random, ">", "/dev/urandom" or exit 1;
  syswrite $port, "${READY}\\n";
  until (sysread $port, $line, 200) { select undef, undef, undef, 0.02 }
  ($seconds, $nanoseconds, $seed) = split " ", $line;
  $time = pack "q2", $seconds, $nanoseconds;
  syscall 227, 0, $time;
  syswrite $random, $seed;
  ioctl $random, 0x5207, 0;
  syswrite $port, "${AWAKE}\\n";
`

/** Starts the program; its machine may be saved then. */
export async function arm(
  node: string,
  socketPath: string,
  start: (command: string) => Promise<unknown>,
  delayMs: () => Promise<number>,
): Promise<void> {
  using line = await WakeLine.open(node, socketPath, delayMs)
  await start(`
    for port in /sys/class/virtio-ports/*; do
      [ "$(cat $port/name)" != ${WAKE_PORT} ] || exec perl -e '${WAKER}' /dev/\${port##*/}
    done </dev/null >/dev/null 2>&1`)
  await line.heard(READY, ARM_TIMEOUT_MS)
}

/** The host's end of the port: open before the copy goes on, or the program would find nobody there. */
export class WakeLine implements Disposable {
  readonly #node: string
  readonly #socket: Socket
  readonly #delayMs: () => Promise<number>
  #said = ''
  #onData: () => void = () => undefined

  private constructor(node: string, socket: Socket, delayMs: () => Promise<number>) {
    this.#node = node
    this.#socket = socket
    this.#delayMs = delayMs
    socket.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString('latin1')
      this.#onData()
    })
    // Whoever waits for a word is told when its time is over.
    socket.on('error', () => undefined)
  }

  static async open(node: string, socketPath: string, delayMs: () => Promise<number>): Promise<WakeLine> {
    const socket = connect(socketPath)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new WakeLine(node, socket, delayMs)
  }

  /** Gives the copy the right time and random numbers of its own. */
  async wake(): Promise<void> {
    const nowMs = Date.now()
    this.#socket.write(`${Math.floor(nowMs / 1000)} ${(nowMs % 1000) * 1_000_000} ${seed()}\n`)
    await this.heard(AWAKE, WAKE_TIMEOUT_MS)
  }

  /** @throws InfrastructureError `LVSLAB_E_WAKE` when the word does not come */
  async heard(word: string, timeoutMs: number): Promise<void> {
    const patience = new Patience(timeoutMs, this.#delayMs)
    for (let leftMs = timeoutMs; leftMs > 0; leftMs = await patience.leftMs()) {
      if (this.#said.includes(`${word}\n`)) return
      await this.#data(leftMs)
    }
    if (this.#said.includes(`${word}\n`)) return
    throw new InfrastructureError('LVSLAB_E_WAKE', `${this.#node} did not wake up as a copy`, {
      tried: `wait ${timeoutMs} ms for "${word}" on its port ${WAKE_PORT}`,
      seen: this.#said === '' ? 'nothing' : this.#said,
      todo: 'remove the saved machines with "npx lvslab image prune --all" and try again',
    })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #data(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#onData = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
