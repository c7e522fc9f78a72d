import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import { RUN_SCHEMA, type RunRecord } from '../run/record.ts'
import { BENCH_SCHEMA, type BenchRecord } from '../run/bench/record.ts'
import { benchSchema } from './bench/schema.ts'
import { runSchema } from './run-schema.ts'

const TODO = 'give the folder of a run (it holds run.json), or the file itself'

type Known = RunRecord | BenchRecord

/**
 * Reads a run record and checks it.
 * @param pathOrFolder run.json, or the folder that holds it
 * @throws UsageError `LVSLAB_E_RUN_NOT_FOUND`, `LVSLAB_E_RUN_NOT_JSON`, `LVSLAB_E_RUN_VERSION` (a record, but of another
 * version), `LVSLAB_E_RUN_INVALID` (the right version, but not the shape it promises)
 */
export async function readRun(pathOrFolder: string): Promise<RunRecord> {
  return read<RunRecord>(pathOrFolder, ['run.json'], { [RUN_SCHEMA]: runSchema })
}

/**
 * Reads the record of a run or of a performance suite; a folder's run.json before its bench.json.
 * @throws UsageError as {@link readRun}
 */
export async function readRecord(pathOrFolder: string): Promise<Known> {
  const schemas = { [RUN_SCHEMA]: runSchema, [BENCH_SCHEMA]: benchSchema }
  return read<Known>(pathOrFolder, ['run.json', 'bench.json'], schemas)
}

async function read<T>(
  pathOrFolder: string,
  names: readonly string[],
  schemas: Readonly<Record<string, z.ZodType<T>>>,
): Promise<T> {
  const { path, text } = await readText(pathOrFolder, names)
  const tried = `read ${path}`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new UsageError('LVSLAB_E_RUN_NOT_JSON', `${path} is not JSON`, { tried, todo: TODO, cause })
  }
  const named = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  const schema = typeof named === 'string' ? schemas[named] : undefined
  if (schema === undefined) {
    const seen = named === undefined ? 'no "schema" in it' : `"schema": ${JSON.stringify(named)}`
    throw new UsageError('LVSLAB_E_RUN_VERSION', `${path} is not a ${Object.keys(schemas).join(' or ')} record`, {
      tried,
      seen,
      todo: named === undefined ? TODO : 'read it with the lvslab that wrote it',
    })
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const message = `${path} says that it is ${String(named)} but is not`
    throw new UsageError('LVSLAB_E_RUN_INVALID', message, { tried, seen: z.prettifyError(parsed.error), todo: TODO })
  }
  return parsed.data
}

async function readText(pathOrFolder: string, names: readonly string[]): Promise<{ path: string; text: string }> {
  let path = pathOrFolder
  try {
    if ((await stat(path)).isDirectory()) {
      const there = await readdir(path)
      path = join(path, names.find((name) => there.includes(name)) ?? names[0]!)
    }
    return { path, text: await readFile(path, 'utf8') }
  } catch (cause) {
    const message = `no run record can be read at ${path}`
    throw new UsageError('LVSLAB_E_RUN_NOT_FOUND', message, { tried: `read ${path}`, todo: TODO, cause })
  }
}
