import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { InfrastructureError, LvslabError, messageOf } from '../errors.ts'
import { startThread, threadModule } from '../host/thread.ts'
import type { Command, CommandName, Commands, Message, PlainError, ThreadSetup } from './thread-protocol.ts'
import type { WireEvent } from './types.ts'

const CLOSE_TIMEOUT_MS = 5000

export interface ThreadObserver {
  onEvents(events: readonly WireEvent[]): void
  /** The thread is gone: everything from now on is answered with this. */
  onEnd(error: InfrastructureError): void
}

interface Pending {
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * The main thread's end of the fabric's thread: commands as promises. Whatever way the thread ends, each pending and
 * each later command is rejected.
 */
export class FabricThread {
  readonly #worker: Worker
  readonly #observer: ThreadObserver
  readonly #pending = new Map<number, Pending>()
  readonly #ready: Promise<void>
  #settleReady!: Pending
  readonly #exited: Promise<unknown>
  #isReady = false
  #lastId = 0
  /** The kernel's number of it, once it is ready. */
  threadId: number | undefined
  #end: InfrastructureError | undefined

  private constructor(worker: Worker, observer: ThreadObserver) {
    this.#worker = worker
    this.#observer = observer
    this.#ready = new Promise((resolve, reject) => (this.#settleReady = { resolve: () => resolve(), reject }))
    this.#exited = once(worker, 'exit').catch(() => undefined)
    worker.on('message', (message: Message) => this.#receive(message))
    worker.on('error', (error) => this.#fail(messageOf(error), error))
    worker.on('exit', (code) => this.#fail(`it exited with code ${code}`))
  }

  /**
   * Starts the thread and waits until it listens on every socket.
   * @param entry - the thread's module, for tests of the link itself
   * @throws {InfrastructureError} LVSLAB_E_FABRIC_START with the reason
   */
  static async start(
    setup: ThreadSetup,
    observer: ThreadObserver,
    entry = threadModule('thread', import.meta.url),
  ): Promise<FabricThread> {
    const thread = new FabricThread(startThread(entry, 'lvslab fabric', setup), observer)
    await thread.#ready
    return thread
  }

  /** Every event that happened before the answer has been delivered when this resolves. */
  async ask<Name extends CommandName>(name: Name, send: Commands[Name]['send']): Promise<Commands[Name]['answer']> {
    if (this.#end !== undefined) throw this.#end
    const id = ++this.#lastId
    const command = { name, ...send } as Command
    const answer = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }))
    this.#worker.postMessage({ id, command })
    return (await answer) as Commands[Name]['answer']
  }

  /** Ends the thread in an orderly way; by force if it does not answer. Does nothing if it has ended already. */
  async close(): Promise<void> {
    if (this.#end !== undefined) return
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_TIMEOUT_MS)
    const closing = this.ask('close', {})
    this.#finish(new InfrastructureError('LVSLAB_E_FABRIC_CLOSED', 'The fabric was closed'), this.#lastId)
    try {
      await closing
    } finally {
      await this.#exited
      clearTimeout(timer)
    }
  }

  #receive(message: Message): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true
        this.threadId = message.threadId
        return this.#settleReady.resolve(undefined)
      case 'events':
        return this.#observer.onEvents(message.events)
      case 'answer':
        return this.#settle(message.id, (pending) => pending.resolve(message.value))
      case 'refused':
        return this.#settle(message.id, (pending) => pending.reject(revive(message.error)))
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (pending !== undefined) how(pending)
  }

  #fail(seen: string, cause?: unknown): void {
    this.#finish(this.#isReady ? crashed(seen, cause) : notStarted(seen, cause))
  }

  /** @param except - a command that is still expected to be answered */
  #finish(error: InfrastructureError, except?: number): void {
    for (const id of this.#pending.keys()) {
      if (id !== except) this.#settle(id, (pending) => pending.reject(error))
    }
    if (this.#end !== undefined) return
    this.#end = error
    this.#settleReady.reject(error)
    this.#observer.onEnd(error)
  }
}

function crashed(seen: string, cause?: unknown): InfrastructureError {
  return new InfrastructureError('LVSLAB_E_FABRIC_CRASHED', "The fabric's thread ended unexpectedly", {
    seen,
    todo: 'nothing that was measured since says anything about the cluster: run again; if it happens again, report it',
    cause,
  })
}

function notStarted(seen: string, cause?: unknown): InfrastructureError {
  return new InfrastructureError('LVSLAB_E_FABRIC_START', 'The fabric could not be started', {
    tried: 'make the sockets of all cables and open the captures',
    seen,
    cause,
  })
}

function revive({ message, kind, code, detail }: PlainError): LvslabError {
  if (kind === 'infrastructure') return new InfrastructureError(code, message, detail)
  return new LvslabError(kind, code, message, detail)
}
