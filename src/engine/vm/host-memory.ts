import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheDir } from '../../host/paths.ts'

/** What was found out about this host, each in a file of the cache. */
export const HOST_MEMORY = { acceleration: 'acceleration.json', counter: 'time-stamp-counter.json' } as const

/** What {@link remember} was told last; undefined: nothing, or nothing that can be read. */
export async function recall<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(cacheDir(), file), 'utf8')) as T
  } catch {
    return undefined
  }
}

/** Whoever reads it meanwhile reads the old or the new. */
export async function remember(file: string, value: unknown): Promise<void> {
  const path = join(cacheDir(), file)
  await mkdir(cacheDir(), { recursive: true })
  await writeFile(`${path}.${process.pid}`, JSON.stringify(value, null, 2))
  await rename(`${path}.${process.pid}`, path)
}
