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
