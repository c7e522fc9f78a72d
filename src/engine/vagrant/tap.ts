import type { ClientChannel } from 'ssh2'
import { GuestClock } from './guest-clock.ts'
import { PcapStream } from './pcap-stream.ts'
import type { SshConnection } from './ssh-connection.ts'

/** Between two questions for a machine's time, ms. */
const ASK_PERIOD_MS = 1_000
/** Questions before the first frame is placed: a machine that is busy answers late, and the quickest answer counts. */
const FIRST_QUESTIONS = 8
const READY_TIMEOUT_MS = 30_000

/** Answers each line with the time; a process that stays, because starting one costs an emulated processor much more. */
const CLOCK_SCRIPT = '$|=1; while (<STDIN>) { printf "%.6f\\n", Time::HiRes::time }'

export interface TapNic {
  readonly name: string
  readonly onFrame: (hostEpochMs: number, frame: Uint8Array) => void
}

/**
 * tcpdump(8) on some NICs of a machine, and its clock. Frames are told with the host's time of them. Ends with the
 * connection; nothing of it stays in the machine.
 */
export class Tap {
  readonly clock = new GuestClock()
  readonly #channels: ClientChannel[] = []
  #asking: ClientChannel | undefined
  #timer: NodeJS.Timeout | undefined
  #asked: { readonly resolve: (guestMs: number) => void; readonly reject: (error: Error) => void }[] = []

  private constructor() {}

  /** Resolves when every tcpdump listens and the clock is known. */
  static async open(ssh: SshConnection, nics: readonly TapNic[]): Promise<Tap> {
    const tap = new Tap()
    try {
      await tap.#openClock(ssh)
      // Before the first frame comes it must be known when that was.
      for (let count = 0; count < FIRST_QUESTIONS; count++) await tap.askTime()
      await Promise.all(nics.map((nic) => tap.#openNic(ssh, nic)))
    } catch (error) {
      tap.close()
      throw error
    }
    tap.#timer = setInterval(() => void tap.askTime().catch(() => undefined), ASK_PERIOD_MS)
    tap.#timer.unref()
    return tap
  }

  /**
   * Asks the machine for its time. When that is answered, what it captured before has come, too: both travel on one
   * connection, and tcpdump hands each frame on at once.
   */
  async askTime(): Promise<void> {
    const channel = this.#asking
    if (!channel) throw new Error('the tap is closed')
    const askedMs = epochMs()
    const guestMs = await new Promise<number>((resolve, reject) => {
      this.#asked.push({ resolve, reject })
      channel.write('\n')
    })
    this.clock.add({ askedMs, guestMs, answeredMs: epochMs() })
  }

  close(): void {
    clearInterval(this.#timer)
    this.#asking = undefined
    for (const channel of this.#channels) channel.close()
  }

  async #openClock(ssh: SshConnection): Promise<void> {
    const channel = await ssh.channel(['perl', '-MTime::HiRes', '-e', CLOCK_SCRIPT])
    this.#channels.push(channel)
    this.#asking = channel
    channel.on('close', () => {
      this.#asking = undefined
      for (const { reject } of this.#asked.splice(0)) reject(new Error('the machine is gone'))
    })
    let text = ''
    channel.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) this.#asked.shift()?.resolve(Number(line) * 1000)
    })
  }

  async #openNic(ssh: SshConnection, nic: TapNic): Promise<void> {
    const words = ['tcpdump', '-i', nic.name, '-U', '--immediate-mode', '-n', '-w', '-', '-s', '0', 'not ip6']
    const channel = await ssh.channel(words)
    this.#channels.push(channel)
    const stream = new PcapStream()
    channel.on('data', (chunk: Buffer) => {
      stream.push(chunk, ({ epochMs, frame }) => nic.onFrame(this.clock.toHost(epochMs), frame))
    })
    await new Promise<void>((resolve, reject) => {
      let said = ''
      const timer = setTimeout(() => reject(new Error(`tcpdump did not begin: ${said}`)), READY_TIMEOUT_MS)
      channel.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk
        if (!said.includes('listening on')) return
        clearTimeout(timer)
        resolve()
      })
      channel.once('close', () => {
        clearTimeout(timer)
        reject(new Error(`tcpdump ended: ${said}`))
      })
    })
  }
}

function epochMs(): number {
  return performance.timeOrigin + performance.now()
}
