import { readFile } from 'node:fs/promises'
import path from 'node:path'
import t from 'tap'
import { topologiesFolder } from '../../../src/topology/find.ts'
import { topologyJsonSchema } from '../../../src/topology/json-schema.ts'

void t.test('the committed JSON Schema is the one that the code makes', async (t) => {
  const file = path.join(topologiesFolder(), 'topology.schema.json')
  const committed: unknown = JSON.parse(await readFile(file, 'utf8'))
  t.strictSame(committed, topologyJsonSchema(), 'run: node --import tsx src/topology/write-schema.ts')
})

void t.test('every key has a description', async (t) => {
  t.strictSame(undescribed(topologyJsonSchema(), 'topology'), [])
})

function undescribed(schema: unknown, at: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties, items, additionalProperties, anyOf } = schema as Record<string, unknown>
  const own = Object.entries((properties ?? {}) as Record<string, { description?: string }>)
  return [
    ...own.filter(([, { description }]) => description === undefined).map(([key]) => `${at}.${key}`),
    ...own.flatMap(([key, value]) => undescribed(value, `${at}.${key}`)),
    ...undescribed(items, `${at}[]`),
    ...undescribed(additionalProperties, `${at}.*`),
    ...((anyOf as unknown[] | undefined) ?? []).flatMap((branch) => undescribed(branch, at)),
  ]
}
