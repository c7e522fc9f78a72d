import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const builder = fileURLToPath(new URL('builder.ts', import.meta.url))

export interface Builder {
  /** Everything it said so far. */
  said: () => string
  /** Waits until it said `text`. */
  saying: (text: string) => Promise<void>
  ended: Promise<unknown>
  kill: () => void
  /** Ends its build, with success. */
  finish: () => void
}

/** Starts a process that builds an entry in the cache that XDG_CACHE_HOME names. */
export function startBuilder(name: string, log: string, buildMs: number): Builder {
  const child = spawn(process.execPath, ['--import', 'tsx', builder, name, log, String(buildMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  return {
    said: () => text,
    saying: async (wanted) => {
      while (!text.includes(wanted)) await once(child.stdout, 'data')
    },
    ended: once(child, 'close'),
    finish: () => void child.kill('SIGUSR1'),
    kill: () => void child.kill('SIGKILL'),
  }
}
