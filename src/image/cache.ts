import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, stat, statfs, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InfrastructureError, LvslabError, messageOf } from '../errors.ts'
import { cacheDir } from '../host/paths.ts'
import { reaper } from '../host/reaper.ts'
import { removeTree } from '../host/remove-tree.ts'
import { takeLock, tryLock, type Progress } from './entry-lock.ts'

export type { Progress }

export type EntryKind = 'index' | 'userland' | 'kernel' | 'keepalived' | 'box' | 'template' | 'snapshot'

const manifestSchema = z.object({
  schema: z.literal('lvslab.cache/1'),
  kind: z.enum(['index', 'userland', 'kernel', 'keepalived', 'box', 'template', 'snapshot']),
  key: z.string(),
  label: z.string(),
  builtAt: z.string(),
  buildMs: z.number(),
  /** What the entry was made from, for people. */
  from: z.record(z.string(), z.unknown()),
  /** What the build found out: versions. */
  facts: z.record(z.string(), z.string()),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), mtimeMs: z.number(), sha256: z.string() })),
})
export type Manifest = z.infer<typeof manifestSchema>

export interface CacheEntry {
  readonly directory: string
  readonly manifest: Manifest
  /** Whether this call built it. */
  readonly built: boolean
}

export interface EntryRequest {
  readonly kind: EntryKind
  readonly label: string
  /** Everything that shapes the content; the key is its hash. */
  readonly from: Readonly<Record<string, unknown>>
  /** Free space that a build needs, MiB. */
  readonly needsMiB: number
  /** Fills `directory`; answers facts for the manifest. */
  readonly build: (directory: string) => Promise<Record<string, string>>
}

/**
 * The content-addressed cache. An entry is complete or absent: it is built in a folder of its own and renamed into place.
 * Two processes that want the same entry build it once. A file whose size or time differs from the manifest is read and
 * compared by SHA-256; a damaged entry is built anew.
 */
export async function ensureEntry(request: EntryRequest, progress: Progress): Promise<CacheEntry> {
  const key = keyOf(request.from)
  const directory = entryDirectory(request.kind, request.from)
  const present = await intactManifest(directory, progress)
  if (present) {
    const now = new Date()
    await utimes(directory, now, now).catch(() => undefined)
    return { directory, manifest: present, built: false }
  }
  await mkdir(join(cacheDir(), request.kind), { recursive: true }).catch((error: unknown) => {
    throw new InfrastructureError('LVSLAB_E_CACHE_UNWRITABLE', `cannot write to the cache ${cacheDir()}`, {
      cause: error,
      todo: 'set XDG_CACHE_HOME to a folder that you can write to',
    })
  })
  const release = await takeLock(directory, request.label, progress)
  try {
    const meanwhile = await intactManifest(directory, progress)
    if (meanwhile) return { directory, manifest: meanwhile, built: false }
    await demandSpace(request)
    const manifest = await buildEntry(request, key, directory, progress)
    return { directory, manifest, built: true }
  } finally {
    await release()
  }
}

/** Where the entry with this content lies, or will. */
export function entryDirectory(kind: EntryKind, from: Readonly<Record<string, unknown>>): string {
  return join(cacheDir(), kind, keyOf(from))
}

/** What the build of an entry found out, if it is there. */
export async function factsOf({
  kind,
  from,
}: Pick<EntryRequest, 'kind' | 'from'>): Promise<Manifest['facts'] | undefined> {
  return (await readManifest(entryDirectory(kind, from)))?.facts
}

/** Whether an entry is there, without a look at whether it is whole: for estimates. */
export function isCached({ kind, from }: Pick<EntryRequest, 'kind' | 'from'>): boolean {
  return existsSync(join(entryDirectory(kind, from), 'manifest.json'))
}

export function keyOf(from: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(from)).digest('hex').slice(0, 20)
}

async function demandSpace(request: EntryRequest): Promise<void> {
  const { bavail, bsize } = await statfs(cacheDir())
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20)
  if (freeMiB >= request.needsMiB) return
  throw new InfrastructureError('LVSLAB_E_DISK_FULL', `not enough disk space for ${request.label}`, {
    tried: `build ${request.label} in ${cacheDir()}`,
    seen: `${freeMiB} MiB free, ${request.needsMiB} MiB needed`,
    todo: 'free some, run "npx lvslab image prune", or set XDG_CACHE_HOME to a larger disk',
  })
}

async function buildEntry(
  request: EntryRequest,
  key: string,
  directory: string,
  progress: Progress,
): Promise<Manifest> {
  const work = join(cacheDir(), request.kind, `.${key}-${process.pid}-${randomBytes(3).toString('hex')}`)
  reaper().keepWatchOver({ directory: work })
  const started = performance.now()
  try {
    await mkdir(work)
    progress(`building ${request.label}`)
    const facts = await request.build(work)
    const manifest: Manifest = {
      schema: 'lvslab.cache/1',
      kind: request.kind,
      key,
      label: request.label,
      builtAt: new Date().toISOString(),
      buildMs: Math.round(performance.now() - started),
      from: { ...request.from },
      facts,
      files: await describeFiles(work),
    }
    await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
    await removeTree(directory)
    await rename(work, directory)
    progress(`built ${request.label} in ${(manifest.buildMs / 1000).toFixed(1)} s`)
    return manifest
  } catch (error) {
    await removeTree(work)
    throw noSpaceError(error, request) ?? error
  } finally {
    reaper().forget({ directory: work })
  }
}

function noSpaceError(error: unknown, request: EntryRequest): Error | undefined {
  const text = messageOf(error) + (error instanceof LvslabError ? (error.seen ?? '') : '')
  if (!/ENOSPC|No space left on device/i.test(text)) return undefined
  return new InfrastructureError('LVSLAB_E_DISK_FULL', `the disk filled up while building ${request.label}`, {
    tried: `build ${request.label} in ${cacheDir()}`,
    seen: text.slice(0, 600),
    todo: 'free some space, run "npx lvslab image prune", or set XDG_CACHE_HOME to a larger disk',
    cause: error,
  })
}

async function describeFiles(directory: string): Promise<Manifest['files']> {
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isFile())
  return Promise.all(
    names.map(async ({ name }) => {
      const { size, mtimeMs } = await stat(join(directory, name))
      return { name, bytes: size, mtimeMs, sha256: await sha256(join(directory, name)) }
    }),
  )
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** The manifest, if the entry is there and its files are what was built. */
async function intactManifest(directory: string, progress: Progress): Promise<Manifest | undefined> {
  const manifest = await readManifest(directory)
  if (!manifest) return undefined
  for (const file of manifest.files) {
    const path = join(directory, file.name)
    const now = await stat(path).catch(() => undefined)
    const intact =
      now !== undefined &&
      now.size === file.bytes &&
      (now.mtimeMs === file.mtimeMs || (await sha256(path)) === file.sha256)
    if (intact) continue
    progress(`${manifest.label}: ${file.name} is ${now === undefined ? 'missing' : 'damaged'}; building it anew`)
    return undefined
  }
  return manifest
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')))
  } catch {
    return undefined
  }
}

/** Everything in the cache, newest use first. */
export async function listEntries(): Promise<(CacheEntry & { bytes: number; usedAt: Date })[]> {
  const entries: (CacheEntry & { bytes: number; usedAt: Date })[] = []
  for (const kind of ['userland', 'kernel', 'keepalived', 'box', 'template', 'snapshot'] as const) {
    const folder = join(cacheDir(), kind)
    for (const name of await readdir(folder).catch(() => [])) {
      const directory = join(folder, name)
      const manifest = name.startsWith('.') ? undefined : await readManifest(directory)
      if (!manifest) continue
      const sizes = await Promise.all(
        manifest.files.map(
          async (file) => (await stat(join(directory, file.name)).catch(() => undefined))?.blocks ?? 0,
        ),
      )
      const bytes = sizes.reduce((sum, blocks) => sum + blocks * 512, 0)
      entries.push({ directory, manifest, built: false, bytes, usedAt: (await stat(directory)).mtime })
    }
  }
  return entries.sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime())
}

/**
 * Removes entries that were not used for `unusedForMs`, and what builds that were killed left behind. An entry that
 * another process holds the lock of stays.
 */
export async function pruneEntries(unusedForMs: number): Promise<{ removed: string[]; freedBytes: number }> {
  const removed: string[] = []
  let freedBytes = 0
  for (const entry of await listEntries()) {
    if (Date.now() - entry.usedAt.getTime() < unusedForMs) continue
    const release = await tryLock(entry.directory)
    if (!release) continue
    await removeTree(entry.directory)
    await release()
    removed.push(`${entry.manifest.label} (${entry.manifest.key})`)
    freedBytes += entry.bytes
  }
  for (const kind of ['userland', 'kernel', 'keepalived', 'box', 'template', 'snapshot']) {
    for (const name of await readdir(join(cacheDir(), kind)).catch(() => [])) {
      // Taking a lock that nobody holds any more, and giving it back, removes it.
      if (name.endsWith('.lock')) await (await tryLock(join(cacheDir(), kind, name.slice(0, -5))))?.()
      const owner = /^\.[0-9a-f]{20}-(\d+)-/.exec(name)?.[1]
      if (owner === undefined || isAlive(Number(owner))) continue
      await removeTree(join(cacheDir(), kind, name))
      removed.push(`half-made ${kind} of process ${owner}`)
    }
  }
  return { removed, freedBytes }
}

/** Disk that saved clusters may take in all: each is some hundred MiB, and every change of a topology makes another. */
const SNAPSHOT_LIMIT_BYTES = 10 * 2 ** 30
/** A cluster that came up this recently may need its files again: a machine whose power returns opens its disk anew. */
const IN_USE_MS = 3_600_000

/** Removes the saved clusters that were not used for longest, until the rest keeps to the limit. */
export async function trimSnapshots(limitBytes = SNAPSHOT_LIMIT_BYTES, inUseMs = IN_USE_MS): Promise<string[]> {
  const removed: string[] = []
  let kept = 0
  for (const entry of (await listEntries()).filter(({ manifest }) => manifest.kind === 'snapshot')) {
    kept += entry.bytes
    if (kept <= limitBytes || Date.now() - entry.usedAt.getTime() < inUseMs) continue
    const release = await tryLock(entry.directory)
    if (!release) continue
    await removeTree(entry.directory)
    await release()
    kept -= entry.bytes
    removed.push(entry.manifest.key)
  }
  return removed
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
