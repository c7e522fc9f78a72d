import { Session } from 'node:inspector/promises'

/** When a thread stood still, CLOCK_MONOTONIC (process.hrtime), ms. */
export interface Stop {
  readonly fromMs: number
  readonly toMs: number
}

interface Attached {
  readonly params: { readonly sessionId: string; readonly workerInfo: { readonly title: string } }
}

interface Received {
  readonly params: { readonly sessionId: string; readonly message: string }
}

interface Evaluated {
  readonly result?: { readonly result?: { readonly value?: readonly [number, number] } }
}

const STILL = (ms: number): string => `(() => {
  const from = process.hrtime()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})
  return [from, process.hrtime()].map(([s, ns]) => s * 1e3 + ns / 1e6)
})()`

/**
 * Makes the fabric's thread of this process stand still for some ms, as if the host had not run it: it reads no socket,
 * fires no timer and answers nobody, while all other threads go on. Needs nothing of the thread's own code: the inspector
 * (node:inspector, domain NodeWorker) has it wait on a futex. Works for every process that holds a Fabric: that of a
 * claim or a test, with whatever machines are on its cables.
 *
 * @param which - of several fabrics in this process, the one that was started so many after the first
 * @returns when it has come to again
 */
export async function stopFabricThread(ms: number, which = 0): Promise<Stop> {
  using session = new InspectorSession()
  const threads = await session.fabricThreads()
  const thread = threads[which]
  if (thread === undefined) throw new Error(`this process has ${threads.length} fabric threads, not ${which + 1}`)
  const [fromMs, toMs] = await session.evaluate(thread, STILL(ms))
  return { fromMs, toMs }
}

class InspectorSession implements Disposable {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
  }

  /** In the order in which they were started. */
  async fabricThreads(): Promise<string[]> {
    const found: string[] = []
    this.#session.on('NodeWorker.attachedToWorker', ({ params }: Attached) => {
      if (params.workerInfo.title.endsWith('lvslab fabric')) found.push(params.sessionId)
    })
    // Answers when all workers that there are have been attached to.
    await this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
    return found
  }

  async evaluate(sessionId: string, expression: string): Promise<readonly [number, number]> {
    const answer = new Promise<Evaluated>((resolve) => {
      this.#session.on('NodeWorker.receivedMessageFromWorker', ({ params }: Received) => {
        if (params.sessionId === sessionId) resolve(JSON.parse(params.message) as Evaluated)
      })
    })
    const evaluate = { id: 1, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }
    await this.#session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(evaluate) })
    const { result } = await answer
    if (result?.result?.value === undefined) throw new Error(`the thread did not stop: ${JSON.stringify(result)}`)
    return result.result.value
  }

  [Symbol.dispose](): void {
    this.#session.disconnect()
  }
}
