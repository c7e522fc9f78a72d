import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterClock, ClusterTime } from '../../clock.ts'
import { InfrastructureError, LvslabError } from '../../errors.ts'
import { lastLines } from '../../host/process.ts'
import type { ExecOptions, ExecResult, GuestFile, Machine, Standstill, Terminal } from '../engine.ts'
import { putFiles } from '../put-files.ts'
import type { Libvirt } from './libvirt.ts'
import { SshConnection } from './ssh-connection.ts'
import type { SshTarget } from './ssh-config.ts'
import { refuse } from './vagrant-capabilities.ts'

/** A boot from disk to sshd, however busy the host is. */
const BOOT_TIMEOUT_MS = 180_000
const GOING_DOWN_TIMEOUT_MS = 60_000

export interface VagrantMachineOptions {
  readonly name: string
  /** libvirt's UUID, which Vagrant keeps as the machine's id. */
  readonly domain: string
  readonly target: SshTarget
  readonly libvirt: Libvirt
  readonly clock: ClusterClock
  readonly consolePath: string
  /** A connection is there, for the first time or again. */
  readonly onConnected: (name: string, ssh: SshConnection) => Promise<void>
  readonly onGone: (name: string) => void
}

/** A machine of Vagrant's under libvirt, reached by one ssh connection. */
export class VagrantMachine implements Machine {
  readonly name: string
  readonly domain: string
  readonly consolePath: string
  readonly #options: VagrantMachineOptions
  #ssh: SshConnection | undefined
  #powered = true
  #standstill: Standstill | undefined
  #rising: Promise<void> | undefined
  /** Whoever closes the connection, it was meant. */
  #disposed = false

  constructor(options: VagrantMachineOptions) {
    this.#options = options
    this.name = options.name
    this.domain = options.domain
    this.consolePath = options.consolePath
  }

  get running(): boolean {
    return this.#powered
  }

  get standstill(): Standstill | undefined {
    return this.#powered ? this.#standstill : undefined
  }

  /** Waits until it can be reached. */
  async connect(timeoutMs = BOOT_TIMEOUT_MS): Promise<void> {
    this.#ssh?.close()
    const { onConnected } = this.#options
    const ssh = await SshConnection.open(this.name, this.#options.target, timeoutMs, () => this.#disposed)
    this.#ssh = ssh
    await onConnected(this.name, ssh)
  }

  /** Tells of the connection again, to whoever was not to know of it before. */
  async announce(): Promise<void> {
    await this.#options.onConnected(this.name, this.#connection())
  }

  async exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.#connection().exec(command, options)
  }

  async start(command: string): Promise<number> {
    const { stdout } = await this.exec(
      ['/bin/sh', '-c', 'setsid /bin/sh -c "$0" </dev/null >/dev/null 2>&1 & echo $!', command],
      {},
    )
    return Number(stdout)
  }

  putFiles(files: readonly GuestFile[]): Promise<void> {
    return putFiles(this, files)
  }

  async getFile(path: string): Promise<Buffer> {
    const { exitCode, stdout, stderr } = await this.#connection().execBinary(['cat', '--', path])
    if (exitCode === 0) return stdout
    throw new InfrastructureError('LVSLAB_E_GUEST_FILES', `${path} could not be read on ${this.name}`, { seen: stderr })
  }

  async powerCut(): Promise<ClusterTime> {
    if (!this.#powered) throw this.#goneError('cut its power')
    await this.#options.libvirt.destroy(this.domain)
    const at = this.#options.clock.now()
    this.#powered = false
    this.#standstill = undefined
    this.#disconnect()
    return at
  }

  async powerOn(): Promise<void> {
    await this.#options.libvirt.start(this.domain)
    this.#powered = true
    await this.#rise()
  }

  async reboot(): Promise<void> {
    const before = await this.#bootId()
    // It may go down before it has answered.
    await this.start('sleep 0.5; systemctl reboot').catch((error: unknown) => {
      if (!(error instanceof LvslabError && error.code === 'LVSLAB_E_SSH_LOST')) throw error
    })
    await this.#untilDown()
    this.#disconnect()
    await this.#rise(before)
  }

  async reset(): Promise<ClusterTime> {
    await this.#options.libvirt.reset(this.domain)
    const at = this.#options.clock.now()
    this.#disconnect()
    this.#standstill = 'booting'
    const rising = this.#rise().then(() => void (this.#standstill = undefined))
    this.#rising = rising
    // Whoever waits until it is up is told.
    rising.catch(() => undefined)
    return at
  }

  async untilUp(): Promise<void> {
    await this.#rising
  }

  panic(): Promise<ClusterTime> {
    return refuse(['panic'], 'see a kernel panic')
  }

  async freeze(): Promise<ClusterTime> {
    await this.#options.libvirt.suspend(this.domain)
    this.#standstill ??= 'frozen'
    return this.#options.clock.now()
  }

  async thaw(): Promise<ClusterTime> {
    await this.#options.libvirt.resume(this.domain)
    if (this.#standstill === 'frozen') this.#standstill = undefined
    return this.#options.clock.now()
  }

  async console(lines = 20): Promise<string> {
    return lastLines(await readFile(this.consolePath, 'utf8').catch(() => ''), lines)
  }

  openTerminal(): Promise<Terminal> {
    return refuse(['terminal'], `open a terminal: "vagrant ssh ${this.name}" does`)
  }

  /** Ends the connection; the machine runs on, and can be connected to again. */
  hangUp(): void {
    this.#disconnect()
  }

  /** Ends the connection for good. */
  dispose(): void {
    this.#disposed = true
    this.#disconnect()
  }

  /** The error that says so, when it went down and nobody asked it to. */
  async casualty(): Promise<LvslabError | undefined> {
    if (!this.#powered) return undefined
    const state = await this.#options.libvirt.state(this.domain).catch(() => 'running')
    return state === 'running' || state === 'paused' ? undefined : this.#goneError('keep it running')
  }

  async #rise(bootIdBefore?: string): Promise<void> {
    await this.connect()
    // The old boot may have answered once more.
    if (bootIdBefore !== undefined && (await this.#bootId()) === bootIdBefore) return this.#rise(bootIdBefore)
    await this.exec(
      'until case "$(systemctl is-system-running 2>/dev/null)" in running | degraded | maintenance) ;; *) false ;; esac; do sleep 0.1; done',
      { timeoutMs: BOOT_TIMEOUT_MS },
    )
  }

  async #bootId(): Promise<string> {
    return (await this.exec('cat /proc/sys/kernel/random/boot_id')).stdout.trim()
  }

  async #untilDown(): Promise<void> {
    const deadline = performance.now() + GOING_DOWN_TIMEOUT_MS
    while (this.#ssh?.open === true && performance.now() < deadline) await pause(50)
  }

  #disconnect(): void {
    this.#options.onGone(this.name)
    this.#ssh?.close()
    this.#ssh = undefined
  }

  #connection(): SshConnection {
    if (this.#ssh?.open === true && this.#powered) return this.#ssh
    throw this.#goneError('run a command on it')
  }

  #goneError(tried: string): InfrastructureError {
    return new InfrastructureError('LVSLAB_E_MACHINE_DOWN', `${this.name} cannot be reached`, {
      tried,
      seen: `it is ${this.#powered ? (this.standstill ?? 'on, but its ssh connection is gone') : 'off'}`,
      todo: `look at "vagrant status ${this.name}" and at its console: ${this.consolePath}`,
    })
  }
}
