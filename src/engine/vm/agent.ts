import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { InfrastructureError } from '../../errors.ts'
import { excuse } from '../../fabric/index.ts'
import type { ExecOptions, ExecResult } from '../engine.ts'
import { JsonLines } from './json-lines.ts'
import { Patience } from './patience.ts'

interface Waiter {
  readonly resolve: (message: Record<string, unknown>) => void
  readonly reject: (error: Error) => void
}

interface ExecStatus {
  readonly exited: boolean
  readonly exitcode?: number
  readonly signal?: number
  readonly 'out-data'?: string
  readonly 'err-data'?: string
  readonly 'out-truncated'?: boolean
}

const REQUEST_TIMEOUT_MS = 20_000
const RESYNC_TIMEOUT_MS = 5_000
const FIRST_POLL_MS = 4
const SLOWEST_POLL_MS = 60
const SYNC_PERIOD_MS = 200

/**
 * A client of QEMU's guest agent over virtio-serial (QEMU, docs/interop/qemu-ga-ref). The agent serves one request at a
 * time, but a command that it started runs by itself: so any number of commands can run side by side, each polled.
 */
export class Agent {
  readonly #node: string
  readonly #path: string
  readonly #delayMs: () => Promise<number>
  #socket: Socket | undefined
  #waiter: Waiter | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #lost: string | undefined
  /** A request was given up: its answer may still come, and must not be taken for the next one's. */
  #outOfStep = false

  /** @param delayMs - how long the machine has waited for a processor of the host, in all, ms: see {@link Patience} */
  constructor(node: string, path: string, delayMs: () => Promise<number> = () => Promise.resolve(0)) {
    this.#node = node
    this.#path = path
    this.#delayMs = delayMs
  }

  /**
   * Opens the channel and waits until the agent answers.
   *
   * @throws InfrastructureError `LVSLAB_E_AGENT_SILENT` when it does not within `timeoutMs`
   */
  async open(timeoutMs: number): Promise<void> {
    const socket = connect(this.#path)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    this.#socket = socket
    const lines = new JsonLines((message) => this.#waiter?.resolve(message))
    socket.on('data', (chunk: Buffer) => lines.push(chunk))
    socket.on('close', () => this.#lose('the channel to the guest agent was closed'))
    socket.on('error', (error) => this.#lose(error.message))
    await this.#synchronise(timeoutMs)
  }

  close(): void {
    this.#socket?.destroy()
  }

  /**
   * Runs a command in the guest and waits for its end. A string goes to /bin/sh, an array is executed as it is.
   *
   * @throws InfrastructureError `LVSLAB_E_GUEST_TIMEOUT` when it has not ended within `timeoutMs` (it is killed then; a
   * machine that the host does not let run gets longer), `LVSLAB_E_AGENT_LOST` when the machine went away
   */
  async exec(command: string | readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const timeoutMs = options.timeoutMs ?? 60_000
    const started = performance.now()
    const patience = new Patience(timeoutMs, this.#delayMs)
    const [path, ...args] = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
    const { pid } = await this.#request<{ pid: number }>('guest-exec', {
      path,
      arg: args,
      ...(options.env ? { env: Object.entries(options.env).map(([name, value]) => `${name}=${value}`) } : {}),
      ...(options.input === undefined ? {} : { 'input-data': Buffer.from(options.input).toString('base64') }),
      'capture-output': true,
    })
    let pollMs = FIRST_POLL_MS
    for (;;) {
      await pause(pollMs)
      const status = await this.#request<ExecStatus>('guest-exec-status', { pid })
      if (status.exited) return resultOf(status, performance.now() - started)
      if ((await patience.leftMs()) <= 0) {
        await this.#request('guest-exec', { path: '/bin/kill', arg: ['-9', String(pid)] }).catch(() => undefined)
        throw new InfrastructureError(
          'LVSLAB_E_GUEST_TIMEOUT',
          `a command on ${this.#node} took over ${timeoutMs} ms`,
          {
            tried: `${this.#node}: ${typeof command === 'string' ? command.slice(0, 300) : command.join(' ')}`,
            seen: 'it was still running, and was killed',
            todo: `look at it with "npx lvslab shell ${this.#node}", or give it longer`,
            ...excuse(await patience.lateMs(), timeoutMs),
          },
        )
      }
      pollMs = Math.min(pollMs * 1.4, options.pollMs ?? SLOWEST_POLL_MS)
    }
  }

  /** Starts a command and does not wait; answers its process id in the guest. */
  async start(command: string): Promise<number> {
    const { pid } = await this.#request<{ pid: number }>('guest-exec', {
      path: '/bin/sh',
      arg: ['-c', command],
      'capture-output': false,
    })
    return pid
  }

  #request<T>(command: string, args: object): Promise<T> {
    const turn = this.#turn.then(() => this.#exchange<T>(command, args, REQUEST_TIMEOUT_MS))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #exchange<T>(command: string, args: object, timeoutMs: number): Promise<T> {
    // It was waited for once already, in full.
    if (this.#outOfStep) await this.#synchronise(Math.min(timeoutMs, RESYNC_TIMEOUT_MS))
    this.#send(JSON.stringify({ execute: command, arguments: args }))
    const message = await this.#answer(command, timeoutMs)
    const error = message['error'] as { desc?: string } | undefined
    if (!error) return message['return'] as T
    throw new InfrastructureError('LVSLAB_E_AGENT_REFUSED', `the guest agent of ${this.#node} refused ${command}`, {
      tried: `${command} ${JSON.stringify(args).slice(0, 300)}`,
      ...(error.desc === undefined ? {} : { seen: error.desc }),
    })
  }

  #send(text: string): void {
    if (this.#lost !== undefined || !this.#socket) throw this.#lostError()
    this.#socket.write(text + '\n')
  }

  #answer(command: string, timeoutMs: number): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      let patience: Patience | undefined
      const look = async (): Promise<void> => {
        // Most answers come in moments: what the host did is asked for from half of the time on.
        patience ??= new Patience(timeoutMs, this.#delayMs, timeoutMs / 2)
        const leftMs = await patience.leftMs()
        if (this.#waiter !== waiter) return
        if (leftMs > 0) {
          timer = setTimeout(() => void look(), leftMs)
          return
        }
        const lateMs = await patience.lateMs()
        if (this.#waiter !== waiter) return
        this.#waiter = undefined
        this.#outOfStep = true
        reject(this.#unansweredError(command, timeoutMs, lateMs))
      }
      let timer = setTimeout(() => void look(), timeoutMs / 2)
      const settle = (): void => {
        clearTimeout(timer)
        this.#waiter = undefined
      }
      const waiter: Waiter = {
        resolve: (message) => {
          settle()
          resolve(message)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      }
      this.#waiter = waiter
    })
  }

  /**
   * guest-sync-delimited, sent until one is answered: the guest may still be booting. Then nothing more is sent, and the
   * answer to the last one is waited for: after it, nothing older is on its way.
   */
  async #synchronise(timeoutMs: number): Promise<void> {
    const patience = new Patience(timeoutMs, this.#delayMs)
    await new Promise<void>((resolve, reject) => {
      let lastId = Math.floor(Math.random() * 1e9)
      let heard = false
      let settled = false
      const settle = (error?: Error): void => {
        settled = true
        clearInterval(timer)
        this.#waiter = undefined
        if (error) return reject(error)
        this.#outOfStep = false
        resolve()
      }
      const look = async (): Promise<void> => {
        const leftMs = await patience.leftMs()
        // The answer came meanwhile, and the waiter may be the next request's.
        if (settled) return
        if (leftMs <= 0) return settle(this.#silentError(timeoutMs))
        if (this.#lost !== undefined) return settle(this.#lostError())
        if (heard) return
        lastId += 1
        const request = { execute: 'guest-sync-delimited', arguments: { id: lastId } }
        this.#socket?.write(`\xff${JSON.stringify(request)}\n`, 'latin1')
      }
      const timer = setInterval(() => void look(), SYNC_PERIOD_MS)
      this.#waiter = {
        resolve: (message) => {
          heard = true
          if (message['return'] === lastId) settle()
        },
        reject: settle,
      }
      void look()
    })
  }

  #lose(reason: string): void {
    this.#lost ??= reason
    this.#waiter?.reject(this.#lostError())
  }

  #silentError(timeoutMs: number): InfrastructureError {
    return new InfrastructureError('LVSLAB_E_AGENT_SILENT', `${this.#node} did not come up`, {
      tried: `reach the guest agent of ${this.#node} for ${timeoutMs} ms`,
      seen: 'no answer',
    })
  }

  #unansweredError(command: string, timeoutMs: number, lateMs: number): InfrastructureError {
    return new InfrastructureError('LVSLAB_E_AGENT_UNANSWERED', `${this.#node} does not answer`, {
      tried: `${command} by the guest agent of ${this.#node}`,
      seen: `no answer within ${timeoutMs} ms`,
      todo: 'it may be frozen or out of memory: look at its console',
      ...excuse(lateMs, timeoutMs),
    })
  }

  #lostError(): InfrastructureError {
    return new InfrastructureError('LVSLAB_E_AGENT_LOST', `${this.#node} can no longer be reached`, {
      tried: `talk to the guest agent of ${this.#node}`,
      seen: this.#lost ?? 'the channel is not open',
    })
  }
}

function resultOf(status: ExecStatus, durationMs: number): ExecResult {
  return {
    exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
    stdout: Buffer.from(status['out-data'] ?? '', 'base64').toString('utf8'),
    stderr: Buffer.from(status['err-data'] ?? '', 'base64').toString('utf8'),
    durationMs,
  }
}
