import type { CellClaim, CellRecord, Change } from './night.ts'
import { expiredFor, knownBy, type KnownFailure } from './known-failures.ts'
import type { History } from './history.ts'

export interface Changes {
  readonly worse: Change[]
  readonly better: Change[]
}

/**
 * What is another verdict than it was, cell by cell and claim by claim: against the last night that decided it, for one
 * that was cut short or whose machine was busy (inconclusive) has not. What machine or harness broke is no verdict. A
 * failure that nobody has seen before is news; one that is known is named, and makes nothing worse until its day.
 */
export function changesSince(
  history: History,
  cells: readonly CellRecord[],
  known: readonly KnownFailure[],
  today: string,
): Changes {
  const worse: Change[] = []
  const better: Change[] = []
  for (const cell of cells) {
    for (const claim of cell.claims) {
      const to = decided(claim)
      if (to === undefined) continue
      const last = lastDecided(history, cell, claim.id)
      const change = { cell: cell.id, claim: claim.id, ...last, to }
      if (to === 'pass') {
        if (last?.from === 'fail') better.push(change)
        continue
      }
      const why = knownBy(known, cell, claim.id, today)
      const over = why === undefined ? expiredFor(known, cell, claim.id, today) : undefined
      if (over !== undefined) worse.push({ ...change, expired: `${over.until}: ${over.reason}` })
      else if (last?.from !== 'fail') worse.push(why === undefined ? change : { ...change, known: why.reason })
    }
  }
  return { worse, better }
}

function decided({ verdict, errorKind }: CellClaim): 'pass' | 'fail' | undefined {
  return errorKind === undefined && (verdict === 'pass' || verdict === 'fail') ? verdict : undefined
}

function lastDecided(
  history: History,
  cell: CellRecord,
  id: string,
): Pick<Change, 'from' | 'since' | 'versions'> | undefined {
  for (const { cell: old, startedAt } of history.of(cell)) {
    const claim = old.claims.find((one) => one.id === id)
    const from = claim && decided(claim)
    if (from === undefined) continue
    const versions = versionsSince(old, cell)
    return { from, since: startedAt, ...(versions === '' ? {} : { versions }) }
  }
  return undefined
}

/** "kernel 6.1.0-53 → 6.1.0-56": what of a cell is another than it was. */
export function versionsSince(old: CellRecord, now: CellRecord): string {
  return [
    ...(old.kernelName === now.kernelName ? [] : [`kernel ${old.kernelName} → ${now.kernelName}`]),
    ...(old.keepalivedName === now.keepalivedName ? [] : [`keepalived ${old.keepalivedName} → ${now.keepalivedName}`]),
  ].join(', ')
}
