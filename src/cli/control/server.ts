import { createServer, type Server, type Socket } from 'node:net'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import { onJsonLines } from './json-lines.ts'
import { toPlainError } from './plain-error.ts'
import {
  methods,
  requestSchema,
  type Message,
  type Method,
  type Params,
  type Request,
  type Result,
} from './protocol.ts'

/** What a handler may know of who asks. */
export interface Caller {
  /** Tells the person how it goes. */
  readonly notice: (line: string) => void
  /** Aborted when the command hangs up. */
  readonly gone: AbortSignal
}

export type Handlers = { readonly [M in Method]: (params: Params<M>, caller: Caller) => Promise<Result<M>> }

/** Answers requests on a unix socket. */
export class ControlServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #handlers: Handlers

  private constructor(handlers: Handlers) {
    this.#handlers = handlers
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async listen(path: string, handlers: Handlers): Promise<ControlServer> {
    const control = new ControlServer(handlers)
    await new Promise<void>((resolve, reject) => control.#server.once('error', reject).listen(path, resolve))
    return control
  }

  /** Hangs up on everybody, after what was written has gone out. */
  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.end()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    const gone = new AbortController()
    socket.on('close', () => {
      this.#sockets.delete(socket)
      gone.abort()
    })
    socket.on('error', () => undefined)
    const send = (message: Message): void => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
    }
    onJsonLines(socket, (message) => {
      const request = requestSchema.safeParse(message)
      if (!request.success) return void socket.destroy()
      void this.#answer(request.data, {
        notice: (notice) => send({ id: request.data.id, notice }),
        gone: gone.signal,
      }).then(send)
    })
  }

  async #answer({ id, method, params }: Request, caller: Caller): Promise<Message> {
    try {
      if (!isMethod(method)) throw new UsageError('LVSLAB_E_METHOD_UNKNOWN', `the supervisor knows no "${method}"`)
      return { id, result: await this.#run(method, params, caller) }
    } catch (error) {
      return { id, error: toPlainError(error) }
    }
  }

  #run<M extends Method>(method: M, params: unknown, caller: Caller): Promise<Result<M>> {
    const parsed = methods[method].params.safeParse(params)
    if (parsed.success) return this.#handlers[method](parsed.data as Params<M>, caller)
    throw new UsageError('LVSLAB_E_REQUEST_INVALID', `a request for ${method} was not understood`, {
      seen: z.prettifyError(parsed.error),
    })
  }
}

function isMethod(name: string): name is Method {
  return Object.hasOwn(methods, name)
}
