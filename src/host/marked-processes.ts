import { readdir, readFile } from 'node:fs/promises'

/**
 * Environment variable that every program started by `run()` carries, and whatever it starts in turn. A daemon that
 * leaves its process group (fakeroot's `faked` does) can be found by it.
 */
export const MARK = 'LVSLAB_STARTED_BY'

/** This process's part of the mark; a call's own part follows. */
export const runnerMark = `${process.pid}.${Date.now().toString(36)}`

let calls = 0

/** A mark for one call: "1234.k3x.7". */
export function nextMark(): string {
  calls += 1
  return `${runnerMark}.${calls}`
}

/** Ends every process that carries `mark`: first politely, as `faked` then removes its message queues, then for good. */
export async function endMarked(mark: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const found = await marked(mark)
    if (found.length === 0) return
    for (const pid of found) signalQuietly(pid, signal)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function marked(mark: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      return environment.split('\0').includes(`${MARK}=${mark}`) ? [Number(pid)] : []
    }),
  )
  return found.flat()
}

/** Signals a process, or with a negative id a group; one that is gone is as it should be. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already.
  }
}
