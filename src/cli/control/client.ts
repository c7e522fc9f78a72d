import { connect, type Socket } from 'node:net'
import { z } from 'zod'
import { InfrastructureError, messageOf } from '../../errors.ts'
import { onJsonLines } from './json-lines.ts'
import { fromPlainError } from './plain-error.ts'
import { messageSchema, methods, type Method, type Params, type Result } from './protocol.ts'

interface Pending {
  readonly onResult: (result: unknown) => void
  readonly onError: (error: Error) => void
  readonly onNotice: ((line: string) => void) | undefined
}

export interface CallOptions {
  /** No call waits longer, ms. */
  readonly timeoutMs: number
  readonly onNotice?: (line: string) => void
}

const CONNECT_TIMEOUT_MS = 5_000

/** A connection to the supervisor of a cluster. */
export class ControlClient implements Disposable {
  readonly #socket: Socket
  readonly #cluster: string
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #lost: string | undefined

  private constructor(socket: Socket, cluster: string) {
    this.#socket = socket
    this.#cluster = cluster
    onJsonLines(socket, (message) => this.#take(message))
    socket.on('error', (error) => this.#lose(error.message))
    socket.on('close', () => this.#lose('it hung up'))
  }

  /** @throws InfrastructureError `LVSLAB_E_SUPERVISOR_SILENT` */
  static async connect(path: string, cluster: string): Promise<ControlClient> {
    const socket = connect(path)
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), CONNECT_TIMEOUT_MS)
    try {
      await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    } catch (error) {
      throw silentError(cluster, `connect to ${path}`, messageOf(error))
    } finally {
      clearTimeout(timer)
    }
    return new ControlClient(socket, cluster)
  }

  /**
   * @throws LvslabError as the supervisor does; InfrastructureError `LVSLAB_E_SUPERVISOR_SILENT` when it does not answer
   * in time, or goes away
   */
  async call<M extends Method>(method: M, params: Params<M>, options: CallOptions): Promise<Result<M>> {
    if (this.#lost !== undefined) throw silentError(this.#cluster, method, this.#lost)
    const id = ++this.#lastId
    let timer: NodeJS.Timeout | undefined
    try {
      const result = await new Promise<unknown>((onResult, onError) => {
        this.#pending.set(id, { onResult, onError, onNotice: options.onNotice })
        timer = setTimeout(
          () => onError(silentError(this.#cluster, method, `no answer within ${options.timeoutMs / 1000} s`)),
          options.timeoutMs,
        )
        this.#socket.write(`${JSON.stringify({ id, method, params })}\n`)
      })
      return this.#checked(method, result)
    } finally {
      clearTimeout(timer)
      this.#pending.delete(id)
    }
  }

  /** Calls `listener` when the supervisor goes away. */
  onLost(listener: () => void): void {
    this.#socket.once('close', listener)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #checked<M extends Method>(method: M, result: unknown): Result<M> {
    const parsed = methods[method].result.safeParse(result)
    if (parsed.success) return parsed.data as Result<M>
    throw new InfrastructureError(
      'LVSLAB_E_SUPERVISOR_ANSWER',
      `the answer to ${method} has not the shape it promises`,
      {
        seen: z.prettifyError(parsed.error),
        todo: 'the cluster was started by another version of lvslab: take it down with that one, or with "lvslab down"',
      },
    )
  }

  #take(message: unknown): void {
    const parsed = messageSchema.safeParse(message)
    if (!parsed.success) return void this.#socket.destroy(new Error('a message that is none'))
    const pending = this.#pending.get(parsed.data.id)
    if (!pending) return
    if ('notice' in parsed.data) pending.onNotice?.(parsed.data.notice)
    else if ('error' in parsed.data) pending.onError(fromPlainError(parsed.data.error))
    else pending.onResult(parsed.data.result)
  }

  #lose(reason: string): void {
    this.#lost ??= reason
    for (const { onError } of this.#pending.values()) onError(silentError(this.#cluster, 'wait for an answer', reason))
  }
}

function silentError(cluster: string, tried: string, seen: string): InfrastructureError {
  return new InfrastructureError('LVSLAB_E_SUPERVISOR_SILENT', `the supervisor of ${cluster} does not answer`, {
    tried,
    seen,
    todo: 'take it down with "npx lvslab down", which also works on one that hangs',
  })
}
