import { readFile } from 'node:fs/promises'

/** USER_HZ, in which proc(5) counts: 100 on every Linux that x86-64 runs. */
const TICK_MS = 10

/** CPU time that all threads of a process have used, user's and kernel's, ms; 0 of one that is gone. Steps of 10 ms. */
export async function cpuTimeMs(pid: number): Promise<number> {
  return cpuTimeIn(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))
}

/** utime and stime of proc_pid_stat(5); the name before them may have spaces and parentheses. */
export function cpuTimeIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS
}
