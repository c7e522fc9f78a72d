import { readFile } from 'node:fs/promises'
import type { ClusterClock, ClusterTime } from '../../clock.ts'
import { runDelayMs } from '../../host/run-delay.ts'
import type { LatenessSpan } from '../engine.ts'

interface Sample {
  readonly at: ClusterTime
  /** Machine to the ms that its threads have waited for a processor since they began, and that it was stopped. */
  readonly waited: ReadonlyMap<string, number>
}

/** A QEMU, as far as it was watched. */
interface Watched {
  readonly at: ClusterTime
  readonly pid: number
  readonly stopped: boolean
  /** How long it was stopped, in all. */
  readonly stoppedMs: number
}

const SAMPLE_PERIOD_MS = 250
/** A quarter of an hour; no claim lasts longer. */
const KEPT_SAMPLES = 3_600

/**
 * How long machines stood ready to run while the host ran something else. A guest can be late by that much without any
 * fault of its own.
 *
 * A QEMU that somebody stopped (SIGSTOP, a debugger) waits for no processor, and is late all the same: proc(5) shows
 * its state, and the time between two looks counts whole if it was stopped at either. That may be up to two periods too
 * much. A machine that was frozen through QMP, as a fault, is not stopped in this sense.
 */
export class LatenessMeter {
  readonly #clock: ClusterClock
  readonly #machines: () => readonly { readonly name: string; readonly pid: number | undefined }[]
  readonly #samples: Sample[] = []
  readonly #watched = new Map<string, Watched>()
  readonly #timer: NodeJS.Timeout

  constructor(clock: ClusterClock, machines: () => readonly { name: string; pid: number | undefined }[]) {
    this.#clock = clock
    this.#machines = machines
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_PERIOD_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** The most that one machine waited, in all, from `since` on. */
  async longestWait(since: ClusterTime, { until, machines }: LatenessSpan = {}): Promise<number> {
    const now = await this.#sample()
    const before = this.#samples.findLast(({ at }) => at <= since)
    const end = (until !== undefined && this.#samples.find(({ at }) => at >= until && at >= since)) || now
    const waits = [...end.waited]
      .filter(([name]) => machines === undefined || machines.includes(name))
      .map(([name, ms]) => ms - (before?.waited.get(name) ?? 0))
    // A machine that was started anew counts from its start.
    return Math.max(0, ...waits)
  }

  /**
   * The most that one machine waited between two looks: no single delay since then was longer by more than what one of
   * them may hide. For whoever takes his times from a machine's own clock.
   */
  async longestStretch(since: ClusterTime, { until, machines }: LatenessSpan = {}): Promise<number> {
    await this.#sample()
    const first = Math.max(
      0,
      this.#samples.findLastIndex(({ at }) => at <= since),
    )
    const last = until === undefined ? -1 : this.#samples.findIndex(({ at }) => at >= until && at >= since)
    const samples = this.#samples.slice(first, last < 0 ? undefined : last + 1)
    const stretches = samples
      .slice(1)
      .flatMap(({ waited }, index) =>
        [...waited]
          .filter(([name]) => machines === undefined || machines.includes(name))
          .map(([name, ms]) => ms - (samples[index]!.waited.get(name) ?? ms)),
      )
    return Math.max(0, ...stretches)
  }

  async #sample(): Promise<Sample> {
    const at = this.#clock.now()
    const waited = new Map<string, number>()
    await Promise.all(
      this.#machines().map(async ({ name, pid }) => {
        if (pid !== undefined)
          waited.set(name, (await runDelayMs(pid)) + this.#stoppedMs(name, pid, await isStopped(pid)))
      }),
    )
    const sample = { at, waited }
    this.#samples.push(sample)
    if (this.#samples.length > KEPT_SAMPLES) this.#samples.shift()
    return sample
  }

  #stoppedMs(name: string, pid: number, stopped: boolean): number {
    const at = this.#clock.now()
    const before = this.#watched.get(name)
    // A machine that was started anew counts from its start.
    const known = before?.pid === pid ? before : { at, stopped: false, stoppedMs: 0 }
    const stoppedMs = known.stoppedMs + (stopped || known.stopped ? at - known.at : 0)
    this.#watched.set(name, { at, pid, stopped, stoppedMs })
    return stoppedMs
  }
}

/** proc(5), state: T is stopped by a signal, t by a debugger. */
async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  return 'Tt'.includes(stat.charAt(stat.lastIndexOf(')') + 2) || '-')
}
