import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors.ts'
import { projectRoot } from '../host/paths.ts'

const suiteName = z.string().regex(/^[a-z][a-z0-9-]*$/)

const catalogSchema = z.strictObject({
  default: z.strictObject({ userland: z.string(), kernel: z.string() }),
  suites: z.record(suiteName, z.strictObject({ on: suiteName.optional() })),
  'kernel-package': z.string(),
  packages: z.array(z.string()).min(1),
  'initramfs-modules': z.array(z.string()).min(1),
})

/** What provision/images.yaml says: where userlands and kernels come from, and what goes into them. */
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

/**
 * How a suite is given to the build scripts: "bookworm", or "bookworm+bookworm-backports" for one that adds to another.
 *
 * @throws UsageError `LVSLAB_E_SUITE_UNKNOWN`
 */
export function sourceOf(catalog: Catalog, suite: string): string {
  const found = Object.hasOwn(catalog.suites, suite) ? catalog.suites[suite] : undefined
  if (found) return found.on === undefined ? suite : `${found.on}+${suite}`
  throw new UsageError('LVSLAB_E_SUITE_UNKNOWN', `no Debian suite "${suite}"`, {
    seen: `known: ${Object.keys(catalog.suites).join(', ')}`,
    todo: 'choose one of them, or add it to provision/images.yaml',
  })
}
