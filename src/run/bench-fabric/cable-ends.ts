import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { InfrastructureError } from '../../errors.ts'

/** What lies between the ends. */
export type EndsOf =
  | { readonly kind: 'pair' }
  | { readonly kind: 'unix'; readonly paths: readonly string[] }
  | { readonly kind: 'bridge'; readonly network: 'switch' | 'hub'; readonly ports: number }

export interface FlowOrder {
  readonly frames: number
  readonly bytes: number
  readonly bothWays: boolean
  /** The other ends get all frames too, and must read them. */
  readonly hub: boolean
  /** How many frames may be on their way, so that no queue overflows. */
  readonly window: number
}

const ANSWER_TIMEOUT_MS = 15_000
const fileBeside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The process at the ends of a network's cables, which writes and reads frames there as QEMUs do. */
export class CableEnds implements Disposable {
  readonly #child: ChildProcess
  readonly #lines: Interface
  #waiting: { resolve(answer: unknown): void; reject(error: Error): void } | undefined
  #stderr = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#lines = createInterface(child.stdout!)
    this.#lines.on('line', (line) => this.#waiting?.resolve(JSON.parse(line)))
    child.stderr!.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
    child.stdin!.on('error', () => undefined)
    child.on('error', (error) => this.#waiting?.reject(this.#failure(error.message, error)))
    child.on('exit', () => this.#waiting?.reject(this.#failure(this.#stderr.trim())))
  }

  /** @throws InfrastructureError LVSLAB_E_BENCH if the ends cannot be opened, with what the helper said */
  static async open(ends: EndsOf): Promise<CableEnds> {
    const helper = ['perl', fileBeside('./open-ends.pl'), ...wordsOf(ends), '--']
    const [file = '', ...args] = [...wrapperOf(ends), ...helper, process.execPath, fileBeside('./drive-ends.mjs')]
    const env = {
      PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`,
      LVSLAB_FRAMING: ends.kind === 'bridge' ? 'tap' : 'stream',
    }
    const opened = new CableEnds(spawn(file, args, { env, stdio: 'pipe' }))
    await opened.#answer()
    return opened
  }

  /** How long frames took from the first that left to the last that came. */
  flow(order: FlowOrder): Promise<{ readonly ms: number; readonly frames: number }> {
    return this.#order({ kind: 'flow', ...order })
  }

  /** Each one's round trip from the first end to the second and back, µs. */
  ping(order: Pick<FlowOrder, 'frames' | 'bytes' | 'hub'>): Promise<{ readonly us: readonly number[] }> {
    return this.#order({ kind: 'ping', ...order })
  }

  [Symbol.dispose](): void {
    this.#waiting = undefined
    this.#lines.close()
    this.#child.kill('SIGKILL')
  }

  #order<T>(order: object): Promise<T> {
    const answer = this.#answer()
    this.#child.stdin!.write(`${JSON.stringify(order)}\n`)
    return answer as Promise<T>
  }

  async #answer(): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject }
        const seen = () => this.#failure(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s: frames were lost`)
        timer = setTimeout(() => reject(seen()), ANSWER_TIMEOUT_MS)
      })
    } finally {
      clearTimeout(timer)
      this.#waiting = undefined
    }
  }

  #failure(seen: string, cause?: unknown): InfrastructureError {
    const tried = this.#child.spawnargs.join(' ')
    return new InfrastructureError('LVSLAB_E_BENCH', 'The ends of the cables could not be driven', {
      tried,
      seen,
      cause,
    })
  }
}

function wordsOf(ends: EndsOf): string[] {
  if (ends.kind === 'unix') return ['unix', ...ends.paths]
  return ends.kind === 'pair' ? ['pair'] : ['bridge', ends.network, String(ends.ports)]
}

/** A bridge gets a network namespace of its own, which ends with the process; an ordinary user, a user namespace too. */
function wrapperOf({ kind }: EndsOf): string[] {
  if (kind !== 'bridge') return []
  return process.getuid?.() === 0 ? ['unshare', '--net'] : ['unshare', '--user', '--map-root-user', '--net']
}
