import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Processes that count and do nothing else. They end after `longestMs`, with the thread that started them, or by SIGKILL;
 * a gentler signal may have a handler in them, which never gets its turn.
 */
export function counting(processes: number, longestMs: number): ChildProcess[] {
  const program = `for (const end = Date.now() + ${longestMs}; Date.now() < end;);`
  return Array.from({ length: processes }, () =>
    spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, '-e', program], { stdio: 'ignore' }),
  )
}
