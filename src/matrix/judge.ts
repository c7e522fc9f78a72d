import { ExitCode } from '../errors.ts'
import { changesSince } from './changes.ts'
import type { History } from './history.ts'
import { expired, knownFailures, needless, type KnownFailure } from './known-failures.ts'
import type { Change, NightRecord } from './night.ts'

/** A night with what changed since those before it. */
export function judged(
  night: NightRecord,
  history: History,
  known: readonly KnownFailure[],
  today: string,
): NightRecord {
  return {
    ...night,
    ...changesSince(history, night.cells, known, today),
    known: knownFailures(night.cells, known, today),
    expired: expired(known, today).map(({ claim, until, reason }) => `${claim}, until ${until}: ${reason}`),
    needless: needless(night.cells, known).map(({ claim, reason }) => `${claim}: ${reason}`),
  }
}

/** Whether something is worse than it was, not whether something is red. What came to no result, and did, is so as well. */
export function exitCodeOf(night: NightRecord, history: History): number {
  if (night.worse.some(({ known }) => known === undefined)) return ExitCode.claimFailed
  const isBroken = ({ state, claims }: NightRecord['cells'][number]): boolean =>
    state === 'broken' || claims.some(({ errorKind }) => errorKind !== undefined)
  const broken = night.cells.filter(isBroken)
  const newly = broken.some((cell) => {
    const [last] = history.of(cell)
    return last === undefined || !isBroken(last.cell)
  })
  const allBroken = night.cells.length > 0 && night.cells.every(({ state }) => state === 'broken')
  return newly || allBroken ? ExitCode.infrastructure : ExitCode.pass
}

/** What a person is told at the end. */
export function told(night: NightRecord): string[] {
  const { worse, better, known, expired: over, needless: struck = [], before, cells } = night
  const broken = cells.filter(({ state }) => state === 'broken')
  return [
    ...(before === undefined ? ['no night before this one to compare with'] : []),
    ...worse.map((one) => `worse: ${changeText(one)} in ${one.cell}`),
    ...better.map((one) => `better: ${changeText(one)} in ${one.cell}`),
    ...(known.length === 0 ? [] : [`${known.length} known failures`]),
    ...over.map((one) => `no longer excused: ${one}`),
    ...struck.map((one) => `passes, and can be struck off the known failures: ${one}`),
    ...broken.map(({ id, reason }) => `broken: ${id}: ${(reason ?? '').split('\n')[0]}`),
    ...(before !== undefined && worse.length === 0 ? ['nothing is worse than the night before'] : []),
  ]
}

/** "004-4 pass → fail (kernel 6.1.0-53 → 6.1.0-56; since 2026-11-19)". */
export function changeText({ claim, from, to, since, versions, known, expired: over }: Change): string {
  const aside = [
    ...(versions === undefined ? [] : [versions]),
    ...(since === undefined ? [] : [`since ${since.slice(0, 10)}`]),
    ...(known === undefined ? [] : [`known: ${known}`]),
    ...(over === undefined ? [] : [`excused until ${over}`]),
  ]
  const what = from === undefined ? `${to}, for the first time` : from === to ? `still ${to}` : `${from} → ${to}`
  return `${claim} ${what}${aside.length === 0 ? '' : ` (${aside.join('; ')})`}`
}
