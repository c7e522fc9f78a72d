import { UsageError } from '../../errors.ts'

export const REPORTERS = ['terminal', 'tap', 'junit', 'markdown', 'github', 'json', 'html'] as const
export type ReporterName = (typeof REPORTERS)[number]

/** `--reporter NAME[=FILE]`; without a file it writes to standard output. */
export interface ReporterSpec {
  readonly name: ReporterName
  readonly file?: string
}

/** @throws UsageError `LVSLAB_E_REPORTER` for a name that is none, or an empty file */
export function parseReporter(text: string): ReporterSpec {
  const [given = '', ...rest] = text.split('=')
  const name = REPORTERS.find((known) => known === given)
  const file = rest.length === 0 ? undefined : rest.join('=')
  if (name === undefined || file === '') {
    throw new UsageError('LVSLAB_E_REPORTER', `"${text}" is not a reporter`, {
      todo: `give NAME or NAME=FILE; names are ${REPORTERS.join(', ')}`,
    })
  }
  return file === undefined ? { name } : { name, file }
}
