import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly arguments: readonly string[]
}

/** The processes that run, without those that ended and wait to be collected (proc(5), state Z). */
export function runningProcesses(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        if ('ZX'.includes(state)) return []
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
        return [{ pid: Number(name), parent: Number(parent), group: Number(group), arguments: command }]
      } catch {
        return []
      }
    })
}

/** Waits until `holds`; answers after how many ms, or Infinity when it never did. */
export async function msUntil(holds: () => boolean, deadlineMs: number): Promise<number> {
  const started = performance.now()
  while (!holds()) {
    if (performance.now() - started > deadlineMs) return Infinity
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - started
}
