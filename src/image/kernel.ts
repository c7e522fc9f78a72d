import { createHash } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildWith, mirror, provisionFile, staleAllowed, textOf } from './build-script.ts'
import { ensureEntry, isCached, listEntries, type CacheEntry, type EntryRequest, type Progress } from './cache.ts'
import { readCatalog, sourceOf, type Catalog } from './catalog.ts'
import { buildInitramfs } from './initramfs.ts'
import { resolveKernel, type KernelSource } from './wish.ts'

export interface Kernel {
  readonly name: string
  readonly key: string
  readonly vmlinuz: string
  readonly initramfs: string
  readonly modulesImage: string
  /** As uname -r has it. */
  readonly release: string
  /** Debian's package version: "6.1.192-2". */
  readonly version: string
}

/**
 * A kernel with its modules and the initramfs that leads to them, built if it is not in the cache.
 *
 * @param wish - see {@link resolveKernel}
 */
export async function ensureKernel(wish: string | undefined, progress: Progress): Promise<Kernel> {
  const { name, request } = await requestOf(wish, progress)
  return kernelIn(await ensureEntry(request, progress), name)
}

/** Whether the cache has it. Takes what `ensureKernel` takes, and throws the same. */
export async function hasKernel(wish: string | undefined, progress: Progress): Promise<boolean> {
  return isCached((await requestOf(wish, progress)).request)
}

async function requestOf(
  wish: string | undefined,
  progress: Progress,
): Promise<{ name: string; request: EntryRequest }> {
  const catalog = await readCatalog()
  const source = await resolveKernel(wish, progress)
  const label = `kernel ${source.name}`
  const wanted = catalog['initramfs-modules']
  const { suite, what, from } = await materialOf(source, catalog)
  const request: EntryRequest = {
    kind: 'kernel',
    label,
    needsMiB: 800,
    from: { ...from, wanted, mirror: mirror(), build: await textOf('build-kernel.sh'), init: await textOf('init') },
    build: async (directory) => {
      await buildWith('build-kernel.sh', [suite, what, directory, ...mirror()], label, directory, progress)
      const release = (await readFile(join(directory, 'release'), 'utf8')).trim()
      const initramfs = await buildInitramfs({
        busybox: join(directory, 'busybox'),
        modulesDir: join(directory, 'modules', release),
        init: provisionFile('init'),
        wanted,
      })
      await writeFile(join(directory, 'initramfs.gz'), initramfs)
      await rm(join(directory, 'tree'), { recursive: true })
      await rm(join(directory, 'modules'), { recursive: true })
      const version = bzImageVersion(await readFile(join(directory, 'vmlinuz')))
      return { release, version, ...(staleAllowed() ? { stale: 'an index past its date was allowed' } : {}) }
    },
  }
  return { name: source.name, request }
}

/** The kernel used last among those in the cache; builds nothing. */
export async function cachedKernel(): Promise<Kernel | undefined> {
  const entry = (await listEntries()).find(({ manifest }) => manifest.kind === 'kernel')
  return entry && kernelIn(entry, entry.manifest.label.replace(/^kernel /, ''))
}

/** What the build script is given, and what shapes the result. busybox comes from the default suite for a user's own kernel. */
async function materialOf(
  source: KernelSource,
  catalog: Catalog,
): Promise<{ suite: string; what: string; from: Record<string, unknown> }> {
  const byDefault = sourceOf(catalog, catalog.default.userland)
  switch (source.kind) {
    case 'package': {
      const suite = sourceOf(catalog, source.suite)
      return { suite, what: source.package, from: { suite, packageName: source.package } }
    }
    case 'debs': {
      const digests = await Promise.all(source.paths.map(digestOf))
      return { suite: byDefault, what: `deb:${source.paths.join(',')}`, from: { suite: byDefault, debs: digests } }
    }
    case 'files': {
      const [vmlinuz, { mtimeMs }] = await Promise.all([digestOf(source.vmlinuz), stat(source.modules)])
      // A module's content is not looked at: the time of the folder and the kernel's own digest stand for it.
      const from = { suite: byDefault, vmlinuz, modules: source.modules, mtimeMs }
      return { suite: byDefault, what: `files:${source.vmlinuz},${source.modules}`, from }
    }
  }
}

export async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

function kernelIn(entry: CacheEntry, name: string): Kernel {
  const { facts } = entry.manifest
  return {
    name,
    key: entry.manifest.key,
    vmlinuz: join(entry.directory, 'vmlinuz'),
    initramfs: join(entry.directory, 'initramfs.gz'),
    modulesImage: join(entry.directory, 'modules.sqfs'),
    release: facts['release'] ?? 'unknown',
    version: facts['version'] ?? 'unknown',
  }
}

/**
 * Debian's version out of a bzImage's own version string (Linux, Documentation/arch/x86/boot.rst, `kernel_version` at
 * 0x20E, counted from 0x200).
 */
export function bzImageVersion(image: Buffer): string {
  const offset = image.length > 0x210 ? image.readUInt16LE(0x20e) + 0x200 : 0
  const end = image.indexOf(0, offset)
  const text = image.toString('latin1', offset, end)
  return /Debian (\S+)/.exec(text)?.[1] ?? (text.split(' ')[0] || 'unknown')
}
