import type { ClaimContext } from '../../src/run/claim-context.ts'
import { claim } from '../support/claim.ts'
import { ownChecks } from './checks.ts'
import { onePair } from './pair.ts'
import { breaks, survives } from './sync.ts'
import { rollingUpgrade } from './upgrade.ts'

// A pair whose directors differ. What each claim's machines are made of stands in topology.yaml, and what a run is told
// takes its place.

claim('ver-pair', (c) => onePair(c))

claim('ver-swapped', (c) => onePair(c, { versions: { keepalived: swapped(c) } }))

claim('ver-checks', ownChecks)

claim('ver-upgrade', rollingUpgrade)

claim('ver-kernels', (c) => onePair(c))

claim('ver-sync', survives)

claim('ver-sync-mixed', survives)

claim('ver-no-sync', breaks)

/** The preferred director gets what the other one was asked to have, and the other way round; undefined: the default. */
function swapped(c: ClaimContext): string | undefined {
  const [preferred = '', other = ''] = c.topology.vips[0]!.candidates
  const named = [
    [preferred, c.wishFor({ name: other }).keepalived],
    [other, c.wishFor({ name: preferred }).keepalived],
  ].filter(([, wish]) => wish !== undefined)
  return named.length === 0 ? undefined : named.map((pair) => pair.join('=')).join(',')
}
