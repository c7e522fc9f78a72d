import type { Machine, Terminal } from '../engine.ts'

/** A login shell on one of the machine's virtio consoles (hvc0, hvc1, …), which QEMU offers as a socket. */
export class VmTerminal implements Terminal {
  readonly socketPath: string
  readonly #machine: Pick<Machine, 'exec' | 'start'>
  readonly #device: string
  readonly #pid: number

  private constructor(machine: Pick<Machine, 'exec' | 'start'>, device: string, pid: number, socketPath: string) {
    this.#machine = machine
    this.#device = device
    this.#pid = pid
    this.socketPath = socketPath
  }

  static async open(machine: Pick<Machine, 'exec' | 'start'>, index: number, socketPath: string): Promise<VmTerminal> {
    const device = `hvc${index}`
    // setsid and agetty give the shell a controlling terminal, so that Ctrl-C and job control work.
    const pid = await machine.start(
      `exec setsid /sbin/agetty --autologin root --login-options '-p -f root' --noclear --noissue ${device} xterm-256color`,
    )
    return new VmTerminal(machine, device, pid, socketPath)
  }

  async resize(rows: number, columns: number): Promise<void> {
    await this.#machine.exec(`stty -F /dev/${this.#device} rows ${rows} cols ${columns}`)
  }

  async alive(): Promise<boolean> {
    return (await this.#machine.exec(['/bin/kill', '-0', String(this.#pid)])).exitCode === 0
  }

  async close(): Promise<void> {
    await this.#machine.exec(`pkill -HUP -t ${this.#device}; kill ${this.#pid}; :`)
  }
}
