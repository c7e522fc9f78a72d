// A runner to be killed: it holds two scratch folders, a program that forks, and a daemon that left its group.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchDir } from '../../../../src/host/paths.ts'
import { run } from '../../../../src/host/process.ts'

const [lasting] = process.argv.slice(2)
const directories = [await scratchDir('doomed'), await scratchDir('doomed')]
for (const directory of directories) writeFileSync(join(directory, 'file'), 'x')
const script = `setsid sleep ${lasting} & sleep ${lasting} & echo started >&2; sleep ${lasting}`
await run('sh', ['-c', script], {
  timeoutMs: 600_000,
  onLine: () => console.log(JSON.stringify({ directories })),
})
