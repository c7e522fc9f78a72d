import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { InfrastructureError } from '../../errors.ts'
import type { ThreadId } from '../../host/run-delay.ts'
import { startThread, threadModule } from '../../host/thread.ts'
import type { ClientBook, MachineSetup, ServerBook } from './two-machines.ts'

interface Books {
  readonly client: ClientBook
  readonly server: ServerBook
}

const ANSWER_TIMEOUT_MS = 10_000

/** A machine of a calibration, in a thread of its own. */
export class SyntheticMachine<Role extends MachineSetup['role']> implements AsyncDisposable {
  readonly #role: Role
  readonly #thread: Worker
  #failure: Error | undefined
  threadId: ThreadId | undefined

  private constructor(role: Role, thread: Worker) {
    this.#role = role
    this.#thread = thread
    thread.on('error', (error: Error) => (this.#failure = error))
  }

  /** Is connected to its cable, and at work, when this resolves. */
  static async start<Role extends MachineSetup['role']>(
    role: Role,
    socketPath: string,
  ): Promise<SyntheticMachine<Role>> {
    const setup: MachineSetup = { role, socketPath }
    const machine = new SyntheticMachine(
      role,
      startThread(threadModule('machine-thread', import.meta.url), role, setup),
    )
    machine.threadId = (await machine.#message()) as ThreadId | undefined
    return machine
  }

  /** Ends its work and answers what it noted. */
  async finish(): Promise<Books[Role]> {
    this.#thread.postMessage('finish')
    return (await this.#message()) as Books[Role]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate()
  }

  async #message(): Promise<unknown> {
    try {
      if (this.#failure !== undefined) throw this.#failure
      const [message] = (await once(this.#thread, 'message', {
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      })) as unknown[]
      return message
    } catch (error) {
      throw new InfrastructureError('LVSLAB_E_CALIBRATION', 'The wire could not be calibrated', {
        tried: `run the synthetic ${this.#role} in a thread`,
        seen: `no word from it within ${ANSWER_TIMEOUT_MS / 1000} s, or it threw`,
        cause: this.#failure ?? error,
      })
    }
  }
}
