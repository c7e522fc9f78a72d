/** Draws every topology's picture into its README: `node --import tsx src/topology/write-pictures.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { listTopologies } from './load.ts'
import { withPicture } from './readme.ts'

for (const topology of await listTopologies()) {
  const file = path.join(topology.folder, 'README.md')
  const drawn = withPicture(await readFile(file, 'utf8'), topology)
  if (drawn !== undefined) await writeFile(file, drawn)
}
