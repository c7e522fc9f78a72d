import type { ClaimRecord } from '../run/record.ts'

/** The folder of all that a claim left, with a slash at its end; of an older record, the one that its files have in common. */
export function evidenceFolder({ folder, evidence }: ClaimRecord): string | undefined {
  const path = folder ?? commonFolder(evidence.map((file) => file.path))
  return path === undefined || !isBeside(path) ? undefined : `${path.replace(/\/+$/, '')}/`
}

function commonFolder(paths: readonly string[]): string | undefined {
  const [first, ...rest] = paths.map((path) => path.split('/').slice(0, -1))
  if (!first) return undefined
  const same = first.findIndex((part, index) => rest.some((other) => other[index] !== part))
  const folder = (same === -1 ? first : first.slice(0, same)).join('/')
  return folder === '' ? undefined : folder
}

/** Whether an evidence path stays in the run's folder: a record that was tampered with must not lead to other files. */
export function isBeside(path: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  return !path.startsWith('/') && segments.length > 0 && !segments.some((s) => s === '..' || s.includes('\\'))
}
