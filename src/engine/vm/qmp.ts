import { connect, type Socket } from 'node:net'
import { InfrastructureError } from '../../errors.ts'
import { JsonLines } from './json-lines.ts'

interface Pending {
  readonly command: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export interface QmpEvent {
  readonly event: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** Every QMP command answers at once or never; this bounds "never". */
const COMMAND_TIMEOUT_MS = 15_000

/**
 * QEMU's machine protocol (QEMU, docs/interop/qmp-spec): one JSON object a line, answers in the order of the commands,
 * events between them.
 */
export class Qmp {
  readonly #socket: Socket
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<(event: QmpEvent) => void>()
  #nextId = 1
  #closed: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    const lines = new JsonLines((message) => this.#receive(message))
    socket.on('data', (chunk: Buffer) => lines.push(chunk))
    socket.on('close', () => this.#close('the connection to QEMU ended'))
    socket.on('error', (error) => this.#close(error.message))
  }

  /** Connects and negotiates. The socket must exist already. */
  static async connect(path: string): Promise<Qmp> {
    const socket = connect(path)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const qmp = new Qmp(socket)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  /**
   * @throws InfrastructureError `LVSLAB_E_QMP` when QEMU refuses, dies or does not answer within `timeoutMs`
   */
  execute<T = unknown>(command: string, args?: object, timeoutMs = COMMAND_TIMEOUT_MS): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed)
    const id = this.#nextId++
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(qmpError(command, `no answer within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#pending.set(id, { command, resolve: resolve as (value: unknown) => void, reject, timer })
      this.#socket.write(JSON.stringify({ execute: command, ...(args ? { arguments: args } : {}), id }) + '\n')
    })
  }

  /** Calls `listener` for every event; answers how to stop. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(message: Record<string, unknown>): void {
    if (typeof message['event'] === 'string') {
      for (const listener of this.#listeners) listener(message as unknown as QmpEvent)
      return
    }
    const pending = this.#pending.get(message['id'] as number)
    if (!pending) return
    this.#pending.delete(message['id'] as number)
    clearTimeout(pending.timer)
    const error = message['error'] as { desc?: string } | undefined
    if (error) pending.reject(qmpError(pending.command, error.desc ?? JSON.stringify(error)))
    else pending.resolve(message['return'])
  }

  #close(reason: string): void {
    this.#closed ??= qmpError('any command', reason)
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer)
      pending.reject(qmpError(pending.command, reason))
    }
    this.#pending.clear()
  }
}

function qmpError(command: string, seen: string): InfrastructureError {
  return new InfrastructureError('LVSLAB_E_QMP', `QEMU did not carry out ${command}`, { tried: `QMP ${command}`, seen })
}
