import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors.ts'

const matrixSchema = z.strictObject({
  kernels: z.array(z.string().min(1)).min(1).optional(),
  keepaliveds: z.array(z.string().min(1)).min(1).optional(),
  /** Claims and topologies; all, when absent. */
  claims: z.array(z.string().min(1)).optional(),
  grep: z.string().optional(),
  repeat: z.coerce.number().int().min(1).optional(),
  /** The list of known failures, from this file's folder. */
  known: z.string().optional(),
})

/** A night's matrix as a file has it; paths in it are from its own folder. */
export type Matrix = z.infer<typeof matrixSchema>

/** @throws UsageError `LVSLAB_E_MATRIX` */
export async function readMatrix(path: string): Promise<Matrix> {
  try {
    // All scalars as they are written: to YAML's core schema, 5.10 is the number 5.1.
    const value: unknown = parse(await readFile(path, 'utf8'), { schema: 'failsafe' }) ?? {}
    const { kernels, keepaliveds, known, ...rest } = matrixSchema.parse(value)
    const fromHere = (wish: string): string => (/^\.{1,2}\//.test(wish) ? resolve(dirname(path), wish) : wish)
    return {
      ...rest,
      ...(kernels === undefined ? {} : { kernels: kernels.map(fromHere) }),
      ...(keepaliveds === undefined ? {} : { keepaliveds: keepaliveds.map(fromHere) }),
      ...(known === undefined ? {} : { known: resolve(dirname(path), known) }),
    }
  } catch (cause) {
    throw new UsageError('LVSLAB_E_MATRIX', `${path} is not the matrix of a night`, {
      seen: cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause),
      todo: 'it may have kernels, keepaliveds and claims (lists), grep, repeat, and known (a file)',
      cause,
    })
  }
}
