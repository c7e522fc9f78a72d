import { readdirSync, readFileSync } from 'node:fs'

const PERIOD_MS = 250

/** What a machine says that will never come up: the kernel (kernel/panic.c) or provision/image/init. */
const HOPELESS = /Kernel panic - not syncing.*|lvslab: no root file system.*|System halted.*/

export interface Watched {
  readonly consolePath: string
  readonly pid: number | undefined
  /** How long a boot may take, ms; time in which the host let others run instead does not count. */
  readonly ownTimeMs: number
}

/** The line that says that a machine is lost, if its console has one. */
export function lastWordsOfKernel(consolePath: string): string | undefined {
  return lastWordsIn(textOf(consolePath))
}

function lastWordsIn(text: string): string | undefined {
  return HOPELESS.exec(text)?.[0].trim()
}

/** All that the console has, now. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Looks at a booting machine, so that nobody waits for one that will never come up. A kernel that panics is heard out,
 * until a period brings nothing more: the line that says why comes first, a trace after it, and the line again.
 */
export class BootWatch {
  readonly #machine: Watched
  readonly #onHopeless: () => void
  readonly #timer: NodeJS.Timeout
  readonly #began = performance.now()
  readonly #waitedBefore: number
  #heard = ''
  /** Why waiting is of no use. */
  hopeless: string | undefined

  constructor(machine: Watched, onHopeless: () => void) {
    this.#machine = machine
    this.#onHopeless = onHopeless
    this.#waitedBefore = longestWaitMs(machine.pid)
    this.#timer = setInterval(() => this.#look(), PERIOD_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { consolePath, pid, ownTimeMs } = this.#machine
    const heardBefore = this.#heard
    this.#heard = textOf(consolePath)
    const words = lastWordsIn(this.#heard)
    if (words !== undefined && this.#heard === heardBefore) return this.#giveUp(words)
    const ownMs = performance.now() - this.#began - (longestWaitMs(pid) - this.#waitedBefore)
    if (ownMs > ownTimeMs) this.#giveUp(words ?? `${ownTimeMs / 1000} s of its own were not enough`)
  }

  #giveUp(why: string): void {
    this.stop()
    this.hopeless = why
    this.#onHopeless()
  }
}

/** How long the thread that was kept from running longest was kept so, ms (proc(5), /proc/pid/schedstat). */
function longestWaitMs(pid: number | undefined): number {
  if (pid === undefined) return 0
  try {
    const waits = readdirSync(`/proc/${pid}/task`).map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[1]),
    )
    return Math.max(0, ...waits) / 1e6
  } catch {
    return 0
  }
}
