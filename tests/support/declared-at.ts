import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../../src/host/paths.ts'
import type { ClaimRecord } from '../../src/run/record.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/**
 * Where the calling test stands, from the stack of an error made there: the innermost frame in the project's tests that
 * is not one of these helpers. tsx gives the lines of the source.
 */
export function declaredAt(stack: string | undefined, root = projectRoot): ClaimRecord['source'] {
  for (const line of (stack ?? '').split('\n')) {
    // With source maps frames have paths, without them URLs.
    const [, place, row] = /(?:at |\()((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(line.trim()) ?? []
    if (place === undefined) continue
    const path = place.startsWith('file:') ? fileURLToPath(place.replace(/\?.*$/, '')) : place
    const inside = relative(root, path)
    if (path.startsWith(HERE) || inside.startsWith('..') || !inside.startsWith(`tests${sep}`)) continue
    return { file: inside, line: Number(row) }
  }
  return undefined
}
