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
    const [, url, row] = /(file:\/\/\/.*?):(\d+):\d+\)?$/.exec(line.trim()) ?? []
    if (url === undefined) continue
    const path = fileURLToPath(url.replace(/\?.*$/, ''))
    const inside = relative(root, path)
    if (path.startsWith(HERE) || inside.startsWith('..') || !inside.startsWith(`tests${sep}`)) continue
    return { file: inside, line: Number(row) }
  }
  return undefined
}
