import type { listEntries } from '../../image/index.ts'
import type { Look } from '../terminal/output.ts'
import { ago, size } from '../terminal/quantity.ts'
import { table } from '../terminal/text.ts'

export type Entry = Awaited<ReturnType<typeof listEntries>>[number]

/** One entry of the cache, as `image ls --json` prints it. */
export function imageJson({ manifest, bytes, usedAt, directory }: Entry): Record<string, unknown> {
  const { kind, key, label, facts, builtAt, buildMs } = manifest
  return { kind, key, label, bytes, builtAt, buildMs, usedAt: usedAt.toISOString(), versions: facts, directory }
}

/** The cache as a table, what was used last at the top. */
export function renderImages(entries: readonly Entry[], directory: string, { ink, width }: Look, now: number): string {
  if (entries.length === 0) return `the cache ${directory} is empty`
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0)
  const rows = entries.map(({ manifest, bytes, usedAt }) => {
    const versions = Object.entries(manifest.facts).map(([name, value]) => `${name} ${value}`)
    return [
      ink.name(manifest.kind),
      size(bytes),
      ago(now - Date.parse(manifest.builtAt)),
      ago(now - usedAt.getTime()),
      [withoutKind(manifest.label, manifest.kind), ...versions.map((version) => ink.dim(version))].join(', '),
    ]
  })
  return [
    ...table([['kind', 'on disk', 'built', 'used', 'what'].map(ink.dim), ...rows], { width, right: [1] }),
    '',
    `${size(total)} in ${directory}`,
  ].join('\n')
}

/** "template bookworm/bookworm 192 MiB" says its kind twice beside a column of kinds. */
function withoutKind(label: string, kind: string): string {
  return label.replace(new RegExp(`^${kind} (of )?`), '')
}
