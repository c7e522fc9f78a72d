import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
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

export async function readCatalog(): Promise<Catalog> {
  const path = join(projectRoot, 'provision', 'images.yaml')
  const parsed = catalogSchema.safeParse(parse(await readFile(path, 'utf8')))
  if (parsed.success) return parsed.data
  throw new UsageError('LVSLAB_E_CATALOG_INVALID', `${path} is not a valid list of images`, {
    seen: z.prettifyError(parsed.error),
  })
}

/** Looks `name` up; the error lists what there is. */
export function pick<T>(kind: 'userland' | 'kernel', known: Readonly<Record<string, T>>, name: string): T {
  const found = known[name]
  if (found !== undefined) return found
  throw new UsageError(`LVSLAB_E_${kind.toUpperCase() as 'USERLAND' | 'KERNEL'}_UNKNOWN`, `no ${kind} "${name}"`, {
    seen: `known: ${Object.keys(known).join(', ')}`,
    todo: `choose one of them, or add it to provision/images.yaml`,
  })
}
