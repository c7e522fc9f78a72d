// A process that wants an entry: builder.ts NAME LOG BUILD-MS. Says what goes on, then whether it built. SIGUSR1 ends the
// build before its time.
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureEntry } from '../../../../src/image/cache.ts'
import { smallEntry } from './request.ts'

const [name = '', log = '', buildMs = '0'] = process.argv.slice(2)
const entry = await ensureEntry(
  smallEntry(name, {
    build: async (directory) => {
      writeFileSync(join(directory, 'root.img'), 'half')
      appendFileSync(log, `${process.pid}\n`)
      console.log('writing')
      await new Promise((resolve) => {
        process.once('SIGUSR1', resolve)
        setTimeout(resolve, Number(buildMs))
      })
      writeFileSync(join(directory, 'root.img'), 'whole')
      return {}
    },
  }),
  (line) => console.log(line),
)
console.log(`built: ${entry.built}`)
process.exit()
