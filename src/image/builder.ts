import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfrastructureError, LvslabError } from '../errors.ts'
import { projectRoot } from '../host/paths.ts'
import { run, lastLines } from '../host/process.ts'
import { ensureEntry, listEntries, type CacheEntry, type Progress } from './cache.ts'
import { pick, readCatalog } from './catalog.ts'
import { buildInitramfs } from './initramfs.ts'

const BUILD_TIMEOUT_MS = 15 * 60_000

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

function mirror(): string[] {
  const own = process.env['LVSLAB_MIRROR']
  return own === undefined || own === '' ? [] : [own]
}

const provisionFile = (name: string): string => join(projectRoot, 'provision', 'image', name)
const textOf = (name: string): Promise<string> => readFile(provisionFile(name), 'utf8')

/** The root file system of a suite, built if it is not in the cache. */
export async function ensureUserland(name: string | undefined, progress: Progress): Promise<Userland> {
  const catalog = await readCatalog()
  const chosen = name ?? catalog.default.userland
  const { suite } = pick('userland', catalog.userlands, chosen)
  const entry = await ensureEntry(
    {
      kind: 'userland',
      label: `userland ${chosen}`,
      needsMiB: 1500,
      from: {
        suite,
        packages: catalog.packages,
        mirror: mirror(),
        size: ROOT_SIZE,
        build: await textOf('build-userland.sh'),
        customize: await textOf('customize.sh'),
      },
      build: async (directory) => {
        const packages = join(directory, 'packages')
        const image = join(directory, 'root.img')
        const args = [suite, catalog.packages.join(','), ROOT_SIZE, image, packages, ...mirror()]
        await buildWith('build-userland.sh', args, `userland ${chosen}`, directory, progress)
        return { keepalived: versionIn(await readFile(packages, 'utf8'), 'keepalived') }
      },
    },
    progress,
  )
  return {
    name: chosen,
    key: entry.manifest.key,
    rootImage: join(entry.directory, 'root.img'),
    keepalived: fact(entry, 'keepalived'),
  }
}

/** A kernel with its modules and the initramfs that leads to them, built if it is not in the cache. */
export async function ensureKernel(name: string | undefined, progress: Progress): Promise<Kernel> {
  const catalog = await readCatalog()
  const chosen = name ?? catalog.default.kernel
  const { suite, package: packageName } = pick('kernel', catalog.kernels, chosen)
  const wanted = catalog['initramfs-modules']
  const entry = await ensureEntry(
    {
      kind: 'kernel',
      label: `kernel ${chosen}`,
      needsMiB: 800,
      from: {
        suite,
        packageName,
        wanted,
        mirror: mirror(),
        build: await textOf('build-kernel.sh'),
        init: await textOf('init'),
      },
      build: async (directory) => {
        await buildWith(
          'build-kernel.sh',
          [suite, packageName, directory, ...mirror()],
          `kernel ${chosen}`,
          directory,
          progress,
        )
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
        return { release, version: bzImageVersion(await readFile(join(directory, 'vmlinuz'))) }
      },
    },
    progress,
  )
  return kernelIn(entry, chosen)
}

/** The kernel used last among those in the cache; builds nothing. */
export async function cachedKernel(): Promise<Kernel | undefined> {
  const entry = (await listEntries()).find(({ manifest }) => manifest.kind === 'kernel')
  return entry && kernelIn(entry, entry.manifest.label.replace(/^kernel /, ''))
}

function kernelIn(entry: CacheEntry, name: string): Kernel {
  return {
    name,
    key: entry.manifest.key,
    vmlinuz: join(entry.directory, 'vmlinuz'),
    initramfs: join(entry.directory, 'initramfs.gz'),
    modulesImage: join(entry.directory, 'modules.sqfs'),
    release: fact(entry, 'release'),
    version: fact(entry, 'version'),
  }
}

function fact(entry: CacheEntry, name: string): string {
  return entry.manifest.facts[name] ?? 'unknown'
}

function versionIn(packages: string, name: string): string {
  return (
    packages
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1] ?? 'not installed'
  )
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

/**
 * An ordinary user builds as root of a user namespace in which the user's own id is root's (unshare(1), subuid(5)).
 * mmdebstrap's own unshare mode maps root to a subordinate id instead, which may not enter a home folder of mode 0700,
 * and so neither cache nor checkout.
 */
const AS_MAPPED_ROOT = ['unshare', '--user', '--map-root-user', '--map-auto', '--mount', '--'] as const

/** What root mounts for a build must go with it even when it is killed: only a mount namespace of its own sees to that. */
const OWN_MOUNTS = ['unshare', '--mount', '--'] as const

async function namespaces(): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return AS_MAPPED_ROOT
  const [file, ...args] = OWN_MOUNTS
  // Root of a container may not: then nothing that is built can mount either.
  return run(file, [...args, 'true'], { timeoutMs: 5_000 }).then(
    () => OWN_MOUNTS,
    () => [],
  )
}

async function buildWith(
  script: string,
  args: readonly string[],
  label: string,
  directory: string,
  progress: Progress,
): Promise<void> {
  try {
    const [file, ...rest] = [...(await namespaces()), provisionFile(script), ...args]
    await run(file!, rest, {
      timeoutMs: BUILD_TIMEOUT_MS,
      env: { TMPDIR: directory },
      onLine: (line) => {
        const step = /^I: (running|installing|extracting|downloading|creating|cleaning)\b.*/.exec(line)?.[0]
        if (step !== undefined) progress(`${label}: ${step.slice(3, 90)}`)
      },
    })
  } catch (error) {
    throw mirrorError(error, label) ?? error
  }
}

function mirrorError(error: unknown, label: string): Error | undefined {
  if (!(error instanceof LvslabError)) return undefined
  const text = (error.cause as { stderr?: string } | undefined)?.stderr ?? error.seen ?? ''
  if (
    !/Could not (resolve|connect)|Failed to fetch|Unable to fetch|Connection (refused|timed out|failed)/i.test(text)
  ) {
    return undefined
  }
  const seen = text.split('\n').filter((line) => /Could not|Failed to fetch|Unable to|Connection|E:/.test(line))
  return new InfrastructureError('LVSLAB_E_MIRROR_UNREACHABLE', `no Debian mirror could be reached for ${label}`, {
    tried: error.tried ?? label,
    seen: lastLines(seen.join('\n'), 6),
    todo: 'check the network and proxy settings (http_proxy), or name a mirror in LVSLAB_MIRROR',
    cause: error,
  })
}
