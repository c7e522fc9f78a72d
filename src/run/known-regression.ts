import { compareVersions } from '../image/index.ts'
import { rangeOf, readRegressions, type Regression } from '../topology/index.ts'
import type { ClaimRecord, Finding } from './record.ts'

export type KnownRegression = NonNullable<ClaimRecord['regression']>

/** What is known of a regression that a claim shows, of the versions of this run. */
export async function knownRegression(
  claim: string,
  versions: Readonly<Record<Regression['program'], string>>,
): Promise<KnownRegression | undefined> {
  const regression = (await readRegressions()).find(({ id }) => id === claim)
  if (!regression) return undefined
  const { program, threads, since, fixed, last } = regression
  return {
    ...{ program, threads },
    ...(since === undefined ? {} : { since }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(last === undefined ? {} : { last }),
    affected: isAffected(regression, upstreamOf(versions[program])),
  }
}

/** What a person is told: where a failure comes from, or that one who was to fail did not. */
export function findingOf(
  known: KnownRegression,
  { verdict, errorKind = 'assertion' }: Pick<ClaimRecord, 'verdict' | 'errorKind'>,
): Finding | undefined {
  // What ended with an error of the harness says nothing about the version.
  if (errorKind !== 'assertion') return undefined
  const { program, threads, affected } = known
  const about = `${program}, ${[rangeOf(known), ...threads].join(', ')}`
  if (verdict === 'fail' && affected) return { text: `a known regression of ${about}` }
  if (verdict === 'fail') return { text: `this looks like a regression that is known of other versions: ${about}` }
  if (verdict === 'pass' && affected)
    return { text: `it holds, though this version should have a regression: ${about}` }
  return undefined
}

function isAffected({ since, fixed, last }: Pick<Regression, 'since' | 'fixed' | 'last'>, version: string): boolean {
  return (
    (since === undefined || compareVersions(version, since) >= 0) &&
    (fixed === undefined || compareVersions(version, fixed) < 0) &&
    (last === undefined || compareVersions(version, last) <= 0)
  )
}

/** "2.1.5" of "1:2.1.5-0.2+deb11u1": threads know nothing of packages. */
function upstreamOf(version: string): string {
  return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? version
}
