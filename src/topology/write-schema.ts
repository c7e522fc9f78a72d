import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import { topologiesFolder } from './find.ts'
import { topologyJsonSchema } from './json-schema.ts'

// Run after a change of schema.ts: node --import tsx src/topology/write-schema.ts
const file = path.join(topologiesFolder(), 'topology.schema.json')
const text = JSON.stringify(topologyJsonSchema())
await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }))
console.error(`wrote ${file}`)
