import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { homedir, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { reaper } from './reaper.ts'

/** The folder that holds package.json, topologies/ and provision/: found upwards from this file, built or not. */
export const projectRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(start: string): string {
  let folder = start
  while (!existsSync(join(folder, 'provision', 'images.yaml'))) {
    const parent = dirname(folder)
    if (parent === folder) return start
    folder = parent
  }
  return folder
}

/** Where images and templates live: `$XDG_CACHE_HOME/lvslab`, by default `~/.cache/lvslab`. */
export function cacheDir(): string {
  const base = process.env['XDG_CACHE_HOME']
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'lvslab')
}

/**
 * Where running clusters can be found by other terminals: `$XDG_RUNTIME_DIR/lvslab`, or a folder of the user's own
 * under the temporary folder where there is no session manager.
 */
export function runtimeDir(): string {
  const base = process.env['XDG_RUNTIME_DIR']
  if (base !== undefined && base !== '' && existsSync(base)) return join(base, 'lvslab')
  return join(tmpdir(), `lvslab-${userInfo().uid}`)
}

/** A private folder for sockets and disks that vanishes with this process, however that ends. */
export async function scratchDir(purpose: string): Promise<string> {
  await mkdir(tmpdir(), { recursive: true })
  const path = await mkdtemp(join(tmpdir(), `lvslab-${purpose}-`))
  reaper().keepWatchOver({ directory: path })
  return path
}

/** Removes what {@link scratchDir} made, and takes it off the reaper's list. */
export async function removeScratchDir(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  reaper().forget({ directory: path })
}
