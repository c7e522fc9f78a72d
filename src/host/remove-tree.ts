import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { execa } from 'execa'

/**
 * A build in a user namespace (mmdebstrap as an ordinary user) owns its files by the user's subordinate ids, which the
 * user may remove only from inside such a namespace: unshare(1), subuid(5).
 */
export const REMOVE_AS_OWNER = ['unshare', '--user', '--map-root-user', '--map-auto', 'rm', '-rf', '--'] as const

/** Removes a folder and all in it, also what belongs to the user's subordinate ids; absent is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    if (!isDenied(error)) throw error
    const [file, ...args] = REMOVE_AS_OWNER
    await execa(file, [...args, path], { stdio: 'ignore', reject: false })
    await rm(path, { recursive: true, force: true })
  }
}

/** {@link removeTree} for a process that is about to end; never throws, as nobody could act on it. */
export function removeTreeNow(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    const [file, ...args] = REMOVE_AS_OWNER
    spawnSync(file, [...args, path], { stdio: 'ignore' })
  }
}

function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'ENOTEMPTY'].includes((error as { code?: string }).code ?? '')
}
