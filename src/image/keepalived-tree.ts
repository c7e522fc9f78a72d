import { join } from 'node:path'
import { buildWith, textOf } from './build-script.ts'
import { ensureEntry, type Progress } from './cache.ts'
import { ensureUserland } from './userland.ts'

/** A keepalived that can be carried into a machine of another userland: with its own libraries, and its unit. */
export interface KeepalivedTree {
  /** What it comes from: "trixie". */
  readonly name: string
  /** Debian's version: "1:2.3.3-1". */
  readonly version: string
  /** tar.gz, some 10 MB, to be unpacked in a folder of its own that becomes the daemon's root. */
  readonly archive: string
}

/**
 * The keepalived of a userland by itself, packed if it is not in the cache.
 *
 * @param wish - see `resolveUserland`
 */
export async function ensureKeepalivedTree(wish: string | undefined, progress: Progress): Promise<KeepalivedTree> {
  const userland = await ensureUserland(wish, progress)
  const label = `keepalived of ${userland.name}`
  const entry = await ensureEntry(
    {
      kind: 'keepalived',
      label,
      needsMiB: 400,
      from: { userland: userland.key, build: await textOf('pack-keepalived.sh') },
      build: async (directory) => {
        progress(`${label}: packing it with its libraries`)
        const args = [userland.rootImage, join(directory, 'keepalived.tar.gz')]
        await buildWith('pack-keepalived.sh', args, label, directory, progress)
        return { keepalived: userland.keepalived }
      },
    },
    progress,
  )
  const { name, keepalived: version } = userland
  return { name, version, archive: join(entry.directory, 'keepalived.tar.gz') }
}
