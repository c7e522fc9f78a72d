import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EntryRequest } from '../../../../src/image/cache.ts'

/** A small entry: one file of text. Each build is noted in `log`, if given. */
export function smallEntry(name: string, over: Partial<EntryRequest> & { readonly log?: string } = {}): EntryRequest {
  const { log, ...rest } = over
  return {
    kind: 'userland',
    label: `userland ${name}`,
    from: { name },
    needsMiB: 1,
    build: async (directory) => {
      if (log !== undefined) appendFileSync(log, `${process.pid}\n`)
      writeFileSync(join(directory, 'root.img'), `content of ${name}`)
      return { keepalived: '1:2.2.7-1+b2' }
    },
    ...rest,
  }
}
