import { readFileSync, readlinkSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'

/**
 * How long a process stood ready to run while the host ran something else, in all since its threads began, ms: the
 * second figure of /proc/PID/task/TID/schedstat (Linux, Documentation/scheduler/sched-stats.rst), summed over its
 * threads. A wait counts when it is over. 0 for a process that is gone.
 */
export async function runDelayMs(pid: number | 'self'): Promise<number> {
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

/** A thread of this process, as the kernel numbers it. */
export type ThreadId = number

/** The kernel's number of the thread that calls this: proc(5), /proc/thread-self. Undefined where there is no such file. */
export function ownThreadId(): ThreadId | undefined {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    return Number.isInteger(id) ? id : undefined
  } catch {
    return undefined
  }
}

/** {@link runDelayMs} of one thread of this process, ms; read at once, for who must not wait. 0 for one that is gone. */
export function threadDelayMs(id: ThreadId | undefined): number {
  if (id === undefined) return 0
  try {
    return Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'latin1').split(' ')[1] ?? 0) / 1e6
  } catch {
    return 0
  }
}
