import { shortReleaseOf, type SuiteIndex } from '../../image/index.ts'
import type { Look } from '../terminal/output.ts'
import { table } from '../terminal/text.ts'

type Suite = SuiteIndex | { readonly suite: string; readonly error: string }

/** What each suite has of keepalived and of kernels, or why it could not be asked. */
export function renderOffers(suites: readonly Suite[], { ink, width }: Look): string {
  const rows = suites.map((one) => {
    if ('error' in one) return [ink.name(one.suite), '', ink.bad(one.error.split('\n')[0] ?? '')]
    const keepaliveds = one.keepaliveds.map(({ version }) => version)
    const kernels = one.kernels.map(shortReleaseOf)
    return [ink.name(one.suite), keepaliveds.join(' ') || '-', kernels.join(' ') || '-']
  })
  return table([['suite', 'keepalived', 'kernels'].map(ink.dim), ...rows], { width }).join('\n')
}
