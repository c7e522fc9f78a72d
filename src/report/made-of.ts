import type { ClaimRecord, RunRecord } from '../run/record.ts'

type Versions = NonNullable<ClaimRecord['versions']>

/**
 * What a claim's machines were made of, where that is not what the run says of all: "lb1 Linux 6.1.0-56-cloud-amd64,
 * keepalived 1:2.2.7-1+b2; …; others Linux 6.1.0-56-cloud-amd64". Undefined where it is, and in records without it.
 */
export function madeOf(claim: ClaimRecord, run: Pick<RunRecord, 'kernel' | 'keepalived'>): string | undefined {
  const { versions } = claim
  if (versions === undefined) return undefined
  const all = Object.entries(versions)
  const asTheRun = ({ kernel, keepalived = run.keepalived }: Versions[string]): boolean =>
    kernel === run.kernel && keepalived === run.keepalived
  if (all.every(([, one]) => asTheRun(one))) return undefined
  const groups = new Map<string, string[]>()
  for (const [name, one] of all) groups.set(textOf(one), [...(groups.get(textOf(one)) ?? []), name])
  // Those of which there are most come last, and need no names.
  const [usual, ...special] = [...groups].sort(([, a], [, b]) => b.length - a.length)
  const named = special.map(([text, names]) => `${names.join(', ')} ${text}`)
  return [...named.sort(), `${named.length === 0 ? 'all' : 'others'} ${usual![0]}`].join('; ')
}

function textOf({ kernel, keepalived }: Versions[string]): string {
  return `Linux ${kernel}${keepalived === undefined ? '' : `, keepalived ${keepalived}`}`
}
