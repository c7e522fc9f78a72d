import { readFile } from 'node:fs/promises'

/**
 * When a process was started, in clock ticks since the host booted (proc_pid_stat(5), field 22): together with its id it
 * names a process for good. Undefined when there is none, or only a zombie that nobody has waited for yet.
 */
export async function startTicks(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // The second field is the program's name in parentheses, and may itself have any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19])
}
