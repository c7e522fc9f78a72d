import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors.ts'
import { projectRoot } from '../host/paths.ts'

const suiteName = z.string().regex(/^[a-z][a-z0-9-]*$/)

const catalogSchema = z.strictObject({
  default: z.strictObject({ userland: z.string(), kernel: z.string() }),
  userlands: z.record(z.string(), z.strictObject({ suite: suiteName })),
  kernels: z.record(z.string(), z.strictObject({ suite: suiteName, package: z.string() })),
  packages: z.array(z.string()).min(1),
  'initramfs-modules': z.array(z.string()).min(1),
})

/** What provision/images.yaml says: which userlands and kernels are known, and what goes into them. */
export type Catalog = z.infer<typeof catalogSchema>

export async function readCatalog(path = join(projectRoot, 'provision', 'images.yaml')): Promise<Catalog> {
  const invalid = (seen: string, cause?: unknown): UsageError =>
    new UsageError('LVSLAB_E_CATALOG_INVALID', `${path} is not a valid list of images`, { seen, cause })
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw invalid(messageOf(error), error)
  })
  const parsed = catalogSchema.safeParse(parseYaml(text, invalid))
  if (parsed.success) return parsed.data
  throw invalid(z.prettifyError(parsed.error))
}

function parseYaml(text: string, invalid: (seen: string, cause: unknown) => UsageError): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw invalid(messageOf(error), error)
  }
}

/** Looks `name` up; the error lists what there is. */
export function pick<T>(kind: 'userland' | 'kernel', known: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined
  if (found !== undefined) return found
  throw new UsageError(`LVSLAB_E_${kind.toUpperCase() as 'USERLAND' | 'KERNEL'}_UNKNOWN`, `no ${kind} "${name}"`, {
    seen: `known: ${Object.keys(known).join(', ')}`,
    todo: `choose one of them, or add it to provision/images.yaml`,
  })
}
