import { spawn, type ChildProcess } from 'node:child_process'
import { lastLines } from '../../host/process.ts'
import type { QemuBinary } from './qemu-binary.ts'

/**
 * A QEMU that cannot outlive this process: the kernel kills it when the thread that started it ends, however it ends
 * (prctl(2), PR_SET_PDEATHSIG). It runs with its seccomp filter on: no new programs, no privileges, no host resources.
 */
export class QemuProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #stderr = ''
  #exit: string | undefined
  /** Called when it ends without having been killed by us. */
  onUnexpectedEnd: ((how: string) => void) | undefined
  #expected = false

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-8_000)
    })
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => {
        if (this.#exit !== undefined) return
        this.#exit = how
        if (!this.#expected) this.onUnexpectedEnd?.(how)
        resolve()
      }
      child.once('error', (error) => end(error.message))
      child.once('exit', (code, signal) => end(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`))
    })
  }

  static start(qemu: QemuBinary, args: readonly string[]): QemuProcess {
    const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'
    // A little nicer than the runner: what measures must get the processor before what is measured.
    const command = ['--pdeathsig', 'KILL', 'nice', '-n', '5', qemu.path, '-sandbox', sandbox, ...args]
    const child = spawn('setpriv', command, {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A terminal's Ctrl-C is for the runner, which takes machines down in order.
      detached: true,
    })
    return new QemuProcess(child)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get running(): boolean {
    return this.#exit === undefined
  }

  /** How it ended, and what it said. */
  lastWords(): string {
    return [this.#exit, lastLines(this.#stderr, 5)].filter(Boolean).join(': ')
  }

  /** Ends it at once, as pulling the plug would. */
  async kill(): Promise<void> {
    this.#expected = true
    if (this.running) this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** The end that a command of ours will bring about is expected. */
  expectEnd(): void {
    this.#expected = true
  }

  async waitForEnd(): Promise<void> {
    await this.#ended
  }
}
