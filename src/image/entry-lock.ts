import { lock } from 'proper-lockfile'
import { reaper } from '../host/reaper.ts'

/** Tells a person what goes on. */
export type Progress = (line: string) => void

/** A lock whose holder did not renew it for so long is nobody's, ms; renewed every fifth of that. */
const STALE_MS = 20_000

/** Locks a cache entry. @returns what releases it, or nothing when another process holds it */
export async function tryLock(directory: string): Promise<(() => Promise<void>) | undefined> {
  const held = { directory: `${directory}.lock` }
  try {
    const release = await lock(directory, {
      realpath: false,
      stale: STALE_MS,
      update: STALE_MS / 5,
      retries: 0,
      // Taken over because this process stood still (a suspended laptop): then two build, each in its own folder.
      onCompromised: () => reaper().forget(held),
    })
    // A runner that is killed cannot release; whoever waits should not have to wait until the lock is stale.
    reaper().keepWatchOver(held)
    return async () => {
      // In this order: what is another's by now must not be removed in our name.
      reaper().forget(held)
      await release().catch(() => undefined)
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ELOCKED') return undefined
    throw error
  }
}

/** Locks a cache entry, waiting for whoever builds it. */
export async function takeLock(directory: string, label: string, progress: Progress): Promise<() => Promise<void>> {
  let told = false
  for (;;) {
    const release = await tryLock(directory)
    if (release) return release
    if (!told) progress(`another lvslab is building ${label}; waiting for it`)
    told = true
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
