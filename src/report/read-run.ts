import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import { RUN_SCHEMA, type RunRecord } from '../run/record.ts'
import { runSchema } from './run-schema.ts'

const TODO = 'give the folder of a run (it holds run.json), or the file itself'

/**
 * Reads a run record and checks it.
 * @param pathOrFolder run.json, or the folder that holds it
 * @throws UsageError `LVSLAB_E_RUN_NOT_FOUND`, `LVSLAB_E_RUN_NOT_JSON`, `LVSLAB_E_RUN_VERSION` (a record, but of another
 * version), `LVSLAB_E_RUN_INVALID` (the right version, but not the shape it promises)
 */
export async function readRun(pathOrFolder: string): Promise<RunRecord> {
  const { path, text } = await readText(pathOrFolder)
  const tried = `read ${path}`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new UsageError('LVSLAB_E_RUN_NOT_JSON', `${path} is not JSON`, { tried, todo: TODO, cause })
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (schema !== RUN_SCHEMA) {
    const seen = schema === undefined ? 'no "schema" in it' : `"schema": ${JSON.stringify(schema)}`
    throw new UsageError('LVSLAB_E_RUN_VERSION', `${path} is not a ${RUN_SCHEMA} record`, {
      tried,
      seen,
      todo: schema === undefined ? TODO : 'read it with the lvslab that wrote it',
    })
  }
  const parsed = runSchema.safeParse(value)
  if (!parsed.success) {
    const message = `${path} says that it is ${RUN_SCHEMA} but is not`
    throw new UsageError('LVSLAB_E_RUN_INVALID', message, { tried, seen: z.prettifyError(parsed.error), todo: TODO })
  }
  return parsed.data
}

async function readText(pathOrFolder: string): Promise<{ path: string; text: string }> {
  let path = pathOrFolder
  try {
    if ((await stat(path)).isDirectory()) path = join(path, 'run.json')
    return { path, text: await readFile(path, 'utf8') }
  } catch (cause) {
    const message = `no run record can be read at ${path}`
    throw new UsageError('LVSLAB_E_RUN_NOT_FOUND', message, { tried: `read ${path}`, todo: TODO, cause })
  }
}
