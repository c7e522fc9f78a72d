import { readFile, readdir } from 'node:fs/promises'
import type { ClusterClock, ClusterTime } from '../../clock.ts'
import type { LatenessSpan } from '../engine.ts'

interface Sample {
  readonly at: ClusterTime
  /** Machine to the ms that its threads have waited for a processor, or were stopped, since they began. */
  readonly waited: ReadonlyMap<string, number>
  /** Machines that a signal or a debugger had stopped. */
  readonly stopped: ReadonlySet<string>
}

const SAMPLE_PERIOD_MS = 250
/** A quarter of an hour; no claim lasts longer. */
const KEPT_SAMPLES = 3_600

/**
 * How long machines stood ready to run while the host ran something else: the second figure of /proc/PID/task/TID/
 * schedstat (Linux, Documentation/scheduler/sched-stats.rst), summed over a QEMU's threads. A process that was stopped
 * (state T of proc_pid_stat(5)) stands in no queue: it is late for as long as it was seen so, up to a sample's period more
 * at either end. A guest can be late by that much without any fault of its own. Freezing a machine on purpose stops its
 * processor, not its process, and is no lateness.
 */
export class LatenessMeter {
  readonly #clock: ClusterClock
  readonly #machines: () => readonly { readonly name: string; readonly pid: number | undefined }[]
  readonly #samples: Sample[] = []
  /** Machine to the ms that it was stopped so far. */
  readonly #stoppedMs = new Map<string, number>()
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

  async #sample(): Promise<Sample> {
    const at = this.#clock.now()
    const waited = new Map<string, number>()
    const stopped = new Set<string>()
    const looks = await Promise.all(
      this.#machines().map(async ({ name, pid }) =>
        pid === undefined ? undefined : { name, waitedMs: await waitedMs(pid), stopped: await isStopped(pid) },
      ),
    )
    const last = this.#samples.at(-1)
    for (const look of looks) {
      if (look === undefined) continue
      if (look.stopped) stopped.add(look.name)
      const before = this.#stoppedMs.get(look.name) ?? 0
      // Another look may have been quicker.
      const sinceMs = Math.max(0, at - (last?.at ?? at))
      const stoppedMs = look.stopped || last?.stopped.has(look.name) ? before + sinceMs : before
      this.#stoppedMs.set(look.name, stoppedMs)
      waited.set(look.name, look.waitedMs + stoppedMs)
    }
    const sample = { at, waited, stopped }
    this.#samples.push(sample)
    if (this.#samples.length > KEPT_SAMPLES) this.#samples.shift()
    return sample
  }
}

/** proc_pid_stat(5): the state follows the command's name, which may hold anything, in brackets. */
async function isStopped(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  return /^ [Tt] /.test(text.slice(text.lastIndexOf(')') + 1))
}

async function waitedMs(pid: number): Promise<number> {
  try {
    const threads = await readdir(`/proc/${pid}/task`)
    const delays = await Promise.all(
      threads.map(async (thread) => {
        const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').catch(() => '')
        return Number(text.split(' ')[1] ?? 0) / 1e6
      }),
    )
    return delays.reduce((sum, ms) => sum + ms, 0)
  } catch {
    return 0
  }
}
