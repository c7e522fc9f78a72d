import type { CellRecord, Change, NightRecord } from './night.ts'
import { knownBy, type KnownFailure } from './known-failures.ts'

/** From best to worst; a claim that was skipped is neither. */
const RANK = { pass: 0, inconclusive: 1, fail: 2 } as const

export interface Changes {
  readonly worse: Change[]
  readonly better: Change[]
}

/**
 * What is another verdict than the night before, cell by cell and claim by claim. Inconclusive is what a busy machine makes
 * of a pass: neither that nor its end is a change. A failure that is known is named, and makes nothing worse.
 */
export function changesSince(
  before: NightRecord | undefined,
  cells: readonly CellRecord[],
  known: readonly KnownFailure[],
  today: string,
): Changes {
  const worse: Change[] = []
  const better: Change[] = []
  for (const cell of cells) {
    const old = before?.cells.find(({ id, state }) => id === cell.id && state === 'done')
    for (const claim of cell.claims) {
      const from = old?.claims.find(({ id }) => id === claim.id)?.verdict
      const to = claim.verdict
      if (from === undefined || from === 'skip' || to === 'skip' || from === to) continue
      const change = { cell: cell.id, claim: claim.id, from, to }
      if (to === 'fail') {
        const why = knownBy(known, { ...cell, claim: claim.id }, today)
        worse.push(why === undefined ? change : { ...change, known: why.reason })
      } else if (from === 'fail' && RANK[to] < RANK[from]) better.push(change)
    }
  }
  return { worse, better }
}

/** Failures of a night that are on the list. */
export function knownFailures(
  cells: readonly CellRecord[],
  known: readonly KnownFailure[],
  today: string,
): NightRecord['known'] {
  return cells.flatMap((cell) =>
    cell.claims
      .filter(({ verdict }) => verdict === 'fail')
      .flatMap(({ id }) => {
        const why = knownBy(known, { ...cell, claim: id }, today)
        return why === undefined ? [] : [{ cell: cell.id, claim: id, reason: why.reason }]
      }),
  )
}
