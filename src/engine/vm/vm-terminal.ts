import { randomBytes } from 'node:crypto'
import type { Machine, Terminal, TerminalOptions } from '../engine.ts'
import { TerminalRelay } from './terminal-relay.ts'

type Guest = Pick<Machine, 'exec' | 'start'>

/** A shell on one of the machine's virtio consoles (hvc0, hvc1, …), which QEMU offers as a socket. */
export class VmTerminal implements Terminal {
  readonly #guest: Guest
  readonly #device: string
  /** Of the session's leader in the guest, and so the session's own id. */
  readonly #session: number
  readonly #relay: TerminalRelay
  #closed: Promise<void> | undefined

  private constructor(guest: Guest, device: string, session: number, relay: TerminalRelay) {
    this.#guest = guest
    this.#device = device
    this.#session = session
    this.#relay = relay
    // Whoever hangs up, nothing of the session stays in the guest.
    void relay.ended.then(() => this.close())
  }

  /** @param socketPath - QEMU's socket of the console */
  static async open(
    guest: Guest,
    index: number,
    socketPath: string,
    { rows = 24, columns = 80, term = 'xterm-256color' }: TerminalOptions = {},
  ): Promise<VmTerminal> {
    const device = `hvc${index}`
    const secret = randomBytes(8).toString('hex')
    // An operating system command (ECMA-48, OSC) that no terminal knows: should it ever get through, it shows nothing.
    const relay = await TerminalRelay.open(`${socketPath}s`, socketPath, `\x1b]lvslab;${secret};`)
    try {
      const session = await guest.start(sessionScript(device, secret, rows, columns, term))
      return new VmTerminal(guest, device, session, relay)
    } catch (error) {
      relay.close()
      throw error
    }
  }

  get socketPath(): string {
    return this.#relay.path
  }

  get ended(): Promise<number | undefined> {
    return this.#relay.ended
  }

  async resize(rows: number, columns: number): Promise<void> {
    await this.#guest.exec(`stty -F /dev/${this.#device} rows ${whole(rows)} cols ${whole(columns)}`)
  }

  async alive(): Promise<boolean> {
    if (this.#relay.isEnded) return false
    return (await this.#guest.exec(['/bin/kill', '-0', String(this.#session)])).exitCode === 0
  }

  /** Hangs up on everything that runs on the terminal. */
  close(): Promise<void> {
    this.#closed ??= this.#hangUp()
    return this.#closed
  }

  async #hangUp(): Promise<void> {
    this.#relay.close()
    const session = String(this.#session)
    // The machine may be gone by now, and its processes with it.
    await this.#guest
      .exec(`pkill -HUP -s ${session} && sleep 0.3 && pkill -KILL -s ${session}; :`, { timeoutMs: 10_000 })
      .catch(() => undefined)
  }
}

/**
 * A session of its own whose controlling terminal is the console, so that Ctrl-C and job control work. getty and login
 * would do the same, and cost an emulated processor seconds.
 */
function sessionScript(device: string, secret: string, rows: number, columns: number, term: string): string {
  const type = termName(term)
  const inner = [
    `stty sane rows ${whole(rows)} cols ${whole(columns)}`,
    'cd /root',
    `export HOME=/root USER=root LOGNAME=root SHELL=/bin/bash LANG=C.UTF-8 TERM=${type}`,
    // What the machine has no description of (kitty's, say) would leave less and vi lost.
    `[ -e /lib/terminfo/${type[0]}/${type} -o -e /usr/share/terminfo/${type[0]}/${type} ] || TERM=xterm-256color`,
    'bash',
    `printf "\\033]lvslab;${secret};%d\\007" $?`,
  ].join('; ')
  return `exec setsid --ctty sh -c '${inner}' <>/dev/${device} >&0 2>&1`
}

/** A terminal type as terminfo(5) names them; anything else must not reach a shell. */
function termName(term: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9+._-]{0,40}$/.test(term) ? term : 'xterm-256color'
}

function whole(count: number): number {
  return Math.min(Math.max(Math.trunc(count) || 1, 1), 9999)
}
