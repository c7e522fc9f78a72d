import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildWith, mirror, staleAllowed, textOf } from './build-script.ts'
import { ensureEntry, factsOf, isCached, type EntryRequest, type Progress } from './cache.ts'
import { readCatalog, sourceOf } from './catalog.ts'
import { digestOf } from './kernel.ts'
import { resolveUserland } from './wish.ts'

/** Size of a machine's root file system; sparse, so only what is written costs disk. */
const ROOT_SIZE = '1G'

export interface Userland {
  readonly name: string
  readonly key: string
  /** Raw ext4 image, read-only to machines. */
  readonly rootImage: string
  /** Debian version of keepalived in it: "1:2.2.7-1+b2". */
  readonly keepalived: string
}

/**
 * A root file system, built if it is not in the cache.
 *
 * @param wish - see {@link resolveUserland}
 */
export async function ensureUserland(wish: string | undefined, progress: Progress): Promise<Userland> {
  const { name, request } = await requestOf(wish, progress)
  const entry = await ensureEntry(request, progress)
  return {
    name,
    key: entry.manifest.key,
    rootImage: join(entry.directory, 'root.img'),
    keepalived: entry.manifest.facts['keepalived'] ?? 'unknown',
  }
}

/** Whether the cache has it. Takes what `ensureUserland` takes, and throws the same. */
export async function hasUserland(wish: string | undefined, progress: Progress): Promise<boolean> {
  return isCached((await requestOf(wish, progress)).request)
}

async function requestOf(
  wish: string | undefined,
  progress: Progress,
): Promise<{ name: string; request: EntryRequest }> {
  const catalog = await readCatalog()
  const { name, suite, deb, version } = await resolveUserland(wish, progress)
  const source = sourceOf(catalog, suite)
  // What a suite adds to another is taken only where it is asked for.
  const packages = catalog.packages.map((one) => (one === 'keepalived' && source !== suite ? `${one}/${suite}` : one))
  const label = `userland ${name}`
  const request: EntryRequest = {
    kind: 'userland',
    label,
    needsMiB: 1500,
    from: {
      suite: source,
      packages,
      mirror: mirror(),
      size: ROOT_SIZE,
      build: await textOf('build-userland.sh'),
      customize: await textOf('customize.sh'),
      ...(deb === undefined ? {} : { deb: await digestOf(deb) }),
    },
    build: async (directory) => {
      const manifest = join(directory, 'packages')
      const args = [source, packages.join(','), ROOT_SIZE, join(directory, 'root.img'), manifest, deb ?? '']
      await buildWith('build-userland.sh', [...args, ...mirror()], label, directory, progress)
      const keepalived = versionIn(await readFile(manifest, 'utf8'), 'keepalived')
      return { keepalived, ...(staleAllowed() ? { stale: 'an index past its date was allowed' } : {}) }
    },
  }
  // A suite's keepalived is updated; a userland that was built before still has the old one.
  const present = version === undefined ? undefined : await factsOf(request)
  if (present === undefined || present['keepalived'] === version) return { name, request }
  return { name, request: { ...request, from: { ...request.from, keepalived: version } } }
}

function versionIn(packages: string, name: string): string {
  const line = packages.split('\n').find((one) => one.startsWith(`${name} `))
  return line?.split(' ')[1] ?? 'not installed'
}
