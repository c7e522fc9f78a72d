import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterClock, ClusterTime } from '../../clock.ts'
import { InfrastructureError, LvslabError, messageOf } from '../../errors.ts'
import { cpuTimeMs } from '../../host/cpu-time.ts'
import { runDelayMs } from '../../host/run-delay.ts'
import { lastLines, run } from '../../host/process.ts'
import type { ExecOptions, ExecResult, GuestFile, Machine, Standstill, Terminal, TerminalOptions } from '../engine.ts'
import { Agent } from './agent.ts'
import { BootWatch, lastWordsOfKernel, textOf } from './boot-watch.ts'
import { putFiles } from '../put-files.ts'
import { MachineTrouble } from './machine-trouble.ts'
import { machineArgs, type Nic } from './qemu-args.ts'
import { QemuProcess } from './qemu-process.ts'
import { Qmp } from './qmp.ts'
import { loadState } from './saved-state.ts'
import type { NodeHost, SavedMachine } from './vm-host.ts'
import { VmTerminals } from './vm-terminals.ts'
import { arm, WakeLine } from './waker.ts'

/** A machine that boots from its disk answers within a quarter of this, if the host lets it run. */
const OWN_BOOT_TIME_MS = 45_000
/** However busy the host is. */
const COLD_BOOT_TIMEOUT_MS = 120_000
const RESUME_TIMEOUT_MS = 30_000
/** Within this the end of a process is known whose sockets were closed by it. */
const DEATH_NEWS_MS = 500
const SOCKET_TIMEOUT_MS = 10_000
/** A kernel panics within milliseconds once it is asked; a busy host may let it wait. */
const PANIC_TIMEOUT_MS = 20_000
const PANIC_LOOK_MS = 2
/** kernel/panic.c; the same for every reason. */
const PANIC = 'Kernel panic - not syncing'

export interface VmMachineOptions {
  readonly name: string
  readonly host: NodeHost
  readonly memoryMiB: number
  readonly nics: readonly Nic[]
  /** Private folder for sockets, disk and memory. */
  readonly directory: string
  readonly consolePath: string
  /** Where the machine's times are taken; absent while a template is made. */
  readonly clock?: ClusterClock
}

/** A QEMU process, its monitor and its guest agent. */
export class VmMachine implements Machine {
  readonly name: string
  readonly consolePath: string
  readonly #options: VmMachineOptions
  #process: QemuProcess | undefined
  #qmp: Qmp | undefined
  #agent: Agent | undefined
  /** How the last process ended when nobody asked it to. */
  #death: string | undefined
  /** Its power was cut on purpose. */
  #poweredOff = false
  #standstill: Standstill | undefined
  /** A boot that goes on by itself since a reset. */
  #rising: Promise<void> | undefined
  /** Of a copy that has not gone on yet. */
  #wakeLine: WakeLine | undefined
  readonly #terminals: VmTerminals
  readonly #trouble: MachineTrouble

  constructor(options: VmMachineOptions) {
    this.name = options.name
    this.consolePath = options.consolePath
    this.#options = options
    this.#terminals = new VmTerminals(this, options.directory)
    this.#trouble = new MachineTrouble(options.name, options.consolePath)
  }

  get running(): boolean {
    return this.#process?.running === true
  }

  get standstill(): Standstill | undefined {
    return this.running ? this.#standstill : undefined
  }

  get pid(): number | undefined {
    return this.running ? this.#process?.pid : undefined
  }

  async hostCpuMs(): Promise<number> {
    return this.pid === undefined ? 0 : cpuTimeMs(this.pid)
  }

  /** How long it has stood ready to run while the host ran something else, in all, ms. */
  readonly #delayMs = async (): Promise<number> => (this.pid === undefined ? 0 : runDelayMs(this.pid))

  get qmp(): Qmp {
    if (this.#qmp && this.running) return this.#qmp
    throw this.#goneError('reach it')
  }

  get #wakePath(): string {
    return join(this.#options.directory, 'wake')
  }

  get diskPath(): string {
    return join(this.#options.directory, 'disk.qcow2')
  }

  /** Boots from a disk of its own over the userland's image. `sharedMemory`: keep memory in that file, to be saved. */
  async bootCold(sharedMemory?: string): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true })
    await createOverlay(this.diskPath, this.#options.host.userland.rootImage, 'raw')
    await this.powerOn(sharedMemory)
  }

  /** Becomes a copy of a saved machine: memory and disk are shared with it until written to. Left stopped. */
  async cloneFrom(saved: SavedMachine, sharedMemory?: string): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true })
    await copyFile(saved.clonePath, this.diskPath)
    const memory =
      sharedMemory === undefined
        ? { path: saved.memoryPath, shared: false }
        : { path: await copySparse(saved.memoryPath, sharedMemory), shared: true }
    await this.#launch(memory, true)
    this.#wakeLine = await WakeLine.open(this.name, this.#wakePath, this.#delayMs)
    await loadState(this.qmp, join(this.#options.directory, 'state'), await readFile(saved.statePath))
  }

  /** Lets a copy go on, with the right time and random numbers of its own, and waits for its agent. */
  async resume(): Promise<void> {
    await this.qmp.execute('cont')
    try {
      await Promise.all([this.#reachAgent(RESUME_TIMEOUT_MS), this.#wakeLine?.wake()])
    } catch (error) {
      if (await this.#hasDied(error)) throw this.#goneError('wake it', error)
      throw error
    } finally {
      this.#wakeLine?.[Symbol.dispose]()
      this.#wakeLine = undefined
    }
  }

  /** Makes it ready to be saved: every copy has something in it that waits to be woken. */
  async arm(): Promise<void> {
    await arm(this.name, this.#wakePath, (command) => this.start(command), this.#delayMs)
  }

  async powerOn(sharedMemory?: string): Promise<void> {
    await this.#launch(sharedMemory === undefined ? undefined : { path: sharedMemory, shared: true }, false)
    await this.qmp.execute('cont')
    await this.#reachAgent(COLD_BOOT_TIMEOUT_MS)
    await this.#systemUp()
  }

  async powerCut(): Promise<ClusterTime> {
    if (!this.#process) throw this.#goneError('cut its power')
    this.#poweredOff = true
    await this.#process.kill()
    const at = this.#now()
    this.#disconnect()
    return at
  }

  async reboot(): Promise<void> {
    const wentDown = this.#untilReset()
    wentDown.catch(() => undefined)
    await this.#agentOrThrow().start('systemctl reboot')
    await wentDown
    this.#agent?.close()
    await this.#reachAgent(COLD_BOOT_TIMEOUT_MS)
    await this.#systemUp()
  }

  async reset(): Promise<ClusterTime> {
    const wentDown = this.#untilReset()
    wentDown.catch(() => undefined)
    await this.qmp.execute('system_reset')
    await wentDown
    const at = this.#now()
    this.#agent?.close()
    this.#agent = undefined
    this.#standstill = 'booting'
    const rising = this.#reachAgent(COLD_BOOT_TIMEOUT_MS).then(() => {
      this.#standstill = undefined
      return this.#systemUp()
    })
    this.#rising = rising
    // Whoever waits until it is up is told.
    rising.catch(() => undefined)
    return at
  }

  async untilUp(): Promise<void> {
    await this.#rising
  }

  async panic(): Promise<ClusterTime> {
    const agent = this.#agentOrThrow()
    const said = (): number => textOf(this.consolePath).split(PANIC).length
    const before = said()
    // The agent may have no time left to answer, and never will again.
    agent.start('echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger').catch(() => undefined)
    const deadline = performance.now() + PANIC_TIMEOUT_MS
    while (said() === before) {
      if (performance.now() > deadline) throw this.#trouble.refused('did not panic', 'LVSLAB_E_PANIC')
      await pause(PANIC_LOOK_MS)
    }
    const at = this.#now()
    this.#standstill = 'panicked'
    agent.close()
    this.#agent = undefined
    return at
  }

  async freeze(): Promise<ClusterTime> {
    await this.qmp.execute('stop')
    this.#standstill ??= 'frozen'
    return this.#now()
  }

  async thaw(): Promise<ClusterTime> {
    await this.qmp.execute('cont')
    if (this.#standstill === 'frozen') this.#standstill = undefined
    return this.#now()
  }

  async setLink(nic: number, up: boolean): Promise<void> {
    await this.qmp.execute('set_link', { name: `nic${nic}`, up })
  }

  async exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult> {
    try {
      return await this.#agentOrThrow().exec(command, options)
    } catch (error) {
      if (await this.#hasDied(error)) throw this.#goneError('run a command on it', error)
      throw error
    }
  }

  async start(command: string): Promise<number> {
    return this.#agentOrThrow().start(command)
  }

  putFiles(files: readonly GuestFile[]): Promise<void> {
    return putFiles(this, files)
  }

  async getFile(path: string): Promise<Buffer> {
    const { exitCode, stdout, stderr } = await this.exec(['/bin/sh', '-c', 'base64 -w0 -- "$0"', path])
    if (exitCode === 0) return Buffer.from(stdout, 'base64')
    throw new InfrastructureError('LVSLAB_E_GUEST_FILES', `${path} could not be read on ${this.name}`, { seen: stderr })
  }

  async console(lines = 20): Promise<string> {
    return lastLines(await readFile(this.consolePath, 'utf8').catch(() => ''), lines)
  }

  openTerminal(options?: TerminalOptions): Promise<Terminal> {
    return this.#terminals.open(options)
  }

  async dispose(): Promise<void> {
    await this.#process?.kill()
    this.#disconnect()
    await rm(this.#options.directory, { recursive: true, force: true })
  }

  async #launch(memory: { path: string; shared: boolean } | undefined, incoming: boolean): Promise<void> {
    const { host, directory, nics } = this.#options
    for (const name of ['qmp', 'agent', 'wake', 'state']) await rm(join(directory, name), { force: true })
    this.#death = undefined
    this.#poweredOff = false
    this.#standstill = undefined
    this.#rising = undefined
    const process = QemuProcess.start(
      host.qemu,
      machineArgs({
        name: this.name,
        shape: { memoryMiB: this.#options.memoryMiB, nicCount: nics.length },
        kernel: host.kernel,
        acceleration: host.acceleration,
        counterKHz: host.counterKHz,
        files: { memory, disk: this.diskPath, console: this.consolePath, sockets: directory },
        nics,
        incoming,
      }),
    )
    this.#process = process
    process.onUnexpectedEnd = (how) => {
      this.#death = how
      this.#disconnect()
    }
    this.#qmp = await this.#connectQmp(process, join(directory, 'qmp'))
  }

  async #connectQmp(process: QemuProcess, path: string): Promise<Qmp> {
    const deadline = performance.now() + SOCKET_TIMEOUT_MS
    for (;;) {
      try {
        return await Qmp.connect(path)
      } catch (error) {
        if (!process.running) throw this.#goneError('start it')
        if (performance.now() > deadline) {
          throw new InfrastructureError('LVSLAB_E_QEMU_SILENT', `QEMU for ${this.name} does not answer`, {
            seen: messageOf(error),
            cause: error,
          })
        }
        await pause(3)
      }
    }
  }

  async #reachAgent(timeoutMs: number): Promise<void> {
    const agent = new Agent(this.name, join(this.#options.directory, 'agent'), this.#delayMs)
    const watched = { consolePath: this.consolePath, pid: this.pid, ownTimeMs: OWN_BOOT_TIME_MS }
    const watch = new BootWatch(watched, () => agent.close())
    const { kind } = this.#options.host.acceleration
    try {
      await agent.open(timeoutMs)
    } catch (error) {
      if (watch.hopeless !== undefined) throw this.#trouble.notUp(`will not come up: ${watch.hopeless}`, { kind })
      if (!this.running) throw this.#goneError('boot it')
      throw this.#trouble.notUp(`did not come up within ${timeoutMs / 1000} s`, { kind, reason: messageOf(error) })
    } finally {
      watch.stop()
    }
    this.#agent = agent
  }

  /** The agent answers early; a machine is up when systemd has nothing left to start. */
  async #systemUp(): Promise<void> {
    const waiting = `
      until case "$(systemctl is-system-running 2>/dev/null)" in running | degraded | maintenance) ;; *) false ;; esac
      do sleep 0.1; done`
    await this.exec(waiting, { timeoutMs: COLD_BOOT_TIMEOUT_MS })
  }

  async #untilReset(): Promise<void> {
    const { qmp } = this
    let stop = (): void => undefined
    const isReset = new Promise<'reset'>((resolve) => {
      stop = qmp.onEvent(({ event }) => {
        if (event === 'RESET') resolve('reset')
      })
    })
    const waiting = new AbortController()
    const isOver = pause(COLD_BOOT_TIMEOUT_MS, undefined, { signal: waiting.signal }).catch(() => undefined)
    try {
      if ((await Promise.race([isReset, isOver, this.#process?.waitForEnd()])) === 'reset') return
      throw this.running ? this.#trouble.refused('did not reboot', 'LVSLAB_E_REBOOT') : this.#goneError('reboot it')
    } finally {
      stop()
      waiting.abort()
    }
  }

  #disconnect(): void {
    this.#qmp?.close()
    this.#agent?.close()
    this.#qmp = undefined
    this.#agent = undefined
  }

  #agentOrThrow(): Agent {
    if (this.#agent && this.running) return this.#agent
    throw this.#goneError('run a command on it')
  }

  /** The channel to the agent closes a moment before QEMU's end is known. */
  async #hasDied(error: unknown): Promise<boolean> {
    if (!(error instanceof LvslabError) || error.code !== 'LVSLAB_E_AGENT_LOST') return false
    await Promise.race([this.#process?.waitForEnd(), pause(DEATH_NEWS_MS)])
    return !this.running
  }

  #now(): ClusterTime {
    return this.#options.clock?.now() ?? (0 as ClusterTime)
  }

  /** The error that says so, when its QEMU ended and nobody asked it to, or its kernel panicked. */
  casualty(): InfrastructureError | undefined {
    if (this.#death !== undefined && !this.running) return this.#goneError('keep it running')
    if (this.standstill === 'panicked') return undefined
    const panic = this.running ? lastWordsOfKernel(this.consolePath) : undefined
    return panic === undefined ? undefined : this.#trouble.crashed(panic)
  }

  #goneError(tried: string, cause?: unknown): InfrastructureError {
    const how = this.#death ?? (this.running || this.#poweredOff ? undefined : this.#process?.lastWords())
    return this.#trouble.gone(tried, { how, standstill: this.standstill, cause })
  }
}

/** An empty qcow2 image over `backing`, which is never written to. */
async function createOverlay(path: string, backing: string, format: 'raw' | 'qcow2'): Promise<void> {
  await rm(path, { force: true })
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', format, '-b', backing, path], { timeoutMs: 20_000 })
}

async function copySparse(from: string, to: string): Promise<string> {
  await run('cp', ['--sparse=always', '--reflink=auto', from, to], { timeoutMs: 60_000 })
  return to
}
