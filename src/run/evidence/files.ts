import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Evidence } from '../record.ts'
import { allowances, bound, CAPTURE_LIMIT, CLAIM_LIMIT, TEXT_LIMIT, type Bounded } from './bounds.ts'

/** A file that a claim left, below one of its folders. */
export interface EvidenceFile {
  readonly directory: string
  readonly file: string
}

/** Files of a folder and those below it that are not empty, by name. */
export async function listFiles(directory: string): Promise<EvidenceFile[]> {
  const names = await readdir(directory, { recursive: true }).catch(() => [])
  const kept: EvidenceFile[] = []
  for (const file of names.sort()) {
    const info = await stat(join(directory, file)).catch(() => undefined)
    if (info?.isFile() === true && info.size > 0) kept.push({ directory, file })
  }
  return kept
}

/**
 * As the record names them, after what is too large was cut.
 *
 * @param cut - `false` while a cluster goes on writing them
 */
export async function evidenceOf(files: readonly EvidenceFile[], outDir: string, cut: boolean): Promise<Evidence[]> {
  const paths = files.map(({ directory, file }) => join(directory, file))
  const sizes = await Promise.all(paths.map(sizeOf))
  const limits = allowances(
    sizes.map((bytes, index) => ({ bytes: bytes ?? 0, limit: limitOf(paths[index]!) })),
    CLAIM_LIMIT,
  )
  const evidence: Evidence[] = []
  for (const [index, { file }] of files.entries()) {
    const path = paths[index]!
    const bytes = sizes[index]
    // A file that cannot be looked at, or cut, is still worth naming.
    const whole: Partial<Bounded> = bytes === undefined ? {} : { bytes }
    const after = cut && bytes !== undefined ? await bound(path, limits[index]!).catch(() => whole) : whole
    evidence.push({ kind: kindOf(file), label: file, path: relative(outDir, path), ...after })
  }
  return evidence
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
}

function limitOf(path: string): number {
  return path.endsWith('.pcapng') ? CAPTURE_LIMIT : TEXT_LIMIT
}

function kindOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1)
  if (name.endsWith('.pcapng')) return 'capture'
  if (name.endsWith('.console.log')) return 'console'
  if (/^[^/]+\/files\//.test(file)) return 'configuration'
  if (name === 'journal.txt' || name === 'kernel.txt' || name === 'ha-log.txt') return 'journal'
  if (name.startsWith('keepalived')) return 'keepalived.data'
  if (name.startsWith('versions')) return 'versions'
  return name === 'topology.json' ? 'topology' : 'state'
}
