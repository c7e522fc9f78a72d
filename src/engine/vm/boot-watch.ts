import { readdirSync, readFileSync } from 'node:fs'

const PERIOD_MS = 250

/** What a machine says that will never come up: the kernel (kernel/panic.c) or provision/image/init. */
const HOPELESS = /Kernel panic - not syncing.*|lvslab: no root file system.*|System halted.*/

/**
 * A booting machine computes without a pause of this length. One that says nothing and wants no processor for so long has
 * stopped: a kernel that found too little memory to unpack itself halts without a word.
 */
const STILL_MS = 10_000
/** Processor time that an idle machine's QEMU wants all the same, as a share. */
const IDLE_SHARE = 0.05

export interface Watched {
  readonly consolePath: string
  readonly pid: number | undefined
}

/** The line that says that a machine is lost, if its console has one. */
export function lastWordsOfKernel(consolePath: string): string | undefined {
  return HOPELESS.exec(textOf(consolePath))?.[0].trim()
}

/** All that the console has, now. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Looks at a booting machine, so that nobody waits for one that will never come up. */
export class BootWatch {
  readonly #machine: Watched
  readonly #onHopeless: () => void
  readonly #timer: NodeJS.Timeout
  #stillSince = performance.now()
  #wantedNs: number | undefined
  /** Why waiting is of no use. */
  hopeless: string | undefined

  constructor(machine: Watched, onHopeless: () => void) {
    this.#machine = machine
    this.#onHopeless = onHopeless
    this.#wantedNs = wantedNs(machine.pid)
    this.#timer = setInterval(() => this.#look(), PERIOD_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const words = lastWordsOfKernel(this.#machine.consolePath)
    if (words !== undefined) return this.#giveUp(words)
    const [now, wanted] = [performance.now(), wantedNs(this.#machine.pid)]
    const spoke = textOf(this.#machine.consolePath) !== ''
    const known = wanted !== undefined && this.#wantedNs !== undefined
    if (spoke || !known || wanted - this.#wantedNs! > STILL_MS * 1e6 * IDLE_SHARE) {
      this.#stillSince = now
      this.#wantedNs = wanted
    } else if (now - this.#stillSince > STILL_MS) {
      this.#giveUp(`for ${STILL_MS / 1000} s it has neither said nor computed anything`)
    }
  }

  #giveUp(why: string): void {
    this.stop()
    this.hopeless = why
    this.#onHopeless()
  }
}

/**
 * Time that a process's threads ran or waited to be let run, ns (proc(5), /proc/pid/schedstat). Unknown when it ended,
 * and where the kernel keeps no such figures.
 */
function wantedNs(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined
  try {
    const sum = readdirSync(`/proc/${pid}/task`)
      .map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ').map(Number))
      .reduce((total, [ran = 0, waited = 0]) => total + ran + waited, 0)
    return sum === 0 ? undefined : sum
  } catch {
    return undefined
  }
}
