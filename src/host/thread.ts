import { Worker } from 'node:worker_threads'

/**
 * Starts a module as a thread of this process; it finds `data` in `workerData.data`. In development the module is
 * TypeScript, and is loaded as such.
 * @param entry - `new URL('./thread.ts', import.meta.url)`, or what was made of it
 */
export function startThread(entry: URL, name: string, data: unknown): Worker {
  const fromSource = entry.pathname.endsWith('.ts')
  return new Worker(fromSource ? new URL('./thread-from-source.mjs', import.meta.url) : entry, {
    name,
    workerData: { data, entry: entry.href },
    // Loaders that a test runner put into this process are not wanted in the thread.
    execArgv: [],
  })
}

/** The module beside another one: the same folder holds thread.ts in development and thread.js when published. */
export function threadModule(name: string, besideUrl: string): URL {
  return new URL(`./${name}${besideUrl.endsWith('.ts') ? '.ts' : '.js'}`, besideUrl)
}
