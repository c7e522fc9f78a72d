import { ENGINE_LACKS } from '../engine/capabilities.ts'
import { LvslabError, messageOf } from '../errors.ts'
import { diskFull } from './disk-room.ts'
import type { Assertion, ClaimRecord, Figure } from './record.ts'

/** A claim that cannot be put to the test here; with the reason. */
export class Skip extends Error {}

export interface ClaimNotes {
  readonly assertions: readonly Assertion[]
  readonly figures: readonly Figure[]
  /** Figures that missed their windows by less than the machine's lateness, by name, with the reason. */
  readonly undecided: ReadonlyMap<string, string>
}

/** What a claim's notes, and the error that ended it if one did, amount to. */
export function verdictOf(
  { assertions, figures, undecided }: ClaimNotes,
  thrown: unknown,
): Pick<ClaimRecord, 'verdict' | 'reason' | 'code' | 'errorKind'> {
  if (thrown instanceof Skip) return { verdict: 'skip', reason: thrown.message }
  if (thrown instanceof LvslabError && thrown.code === ENGINE_LACKS) {
    return { verdict: 'skip', reason: thrown.message, code: thrown.code }
  }
  if (thrown instanceof LvslabError) {
    // It never turns a miss into a pass, nor a check that has failed for good into a doubt.
    const undecided = thrown.undecided !== undefined && assertions.every(({ ok }) => ok)
    if (undecided) return { verdict: 'inconclusive', reason: `${thrown.message}: ${thrown.undecided}` }
    return { verdict: 'fail', reason: thrown.explain(), code: thrown.code, errorKind: thrown.kind }
  }
  const full = thrown === undefined ? undefined : diskFull(thrown, "write the claim's evidence")
  if (full) return { verdict: 'fail', reason: full.explain(), code: full.code, errorKind: full.kind }
  if (thrown !== undefined) {
    return { verdict: 'fail', reason: thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown) }
  }
  const broken = assertions
    .filter(({ ok }) => !ok)
    .map(({ text, detail }) => (detail === undefined ? text : `${text} (${detail})`))
  const outside = figures
    .filter(({ within, name }) => within === false && !undecided.has(name))
    .map(({ name, value, unit, window }) => `${name}: ${value} ${unit}, expected ${window?.min}..${window?.max}`)
  const reasons = [...broken, ...outside]
  if (reasons.length > 0) return { verdict: 'fail', reason: reasons.join('; ') }
  const doubts = assertions.flatMap(({ text, undecided }) =>
    undecided === undefined ? [] : [`${text}: the machine was late enough to cause that: ${undecided}`],
  )
  const undecidedAll = [...undecided.values(), ...doubts]
  if (undecidedAll.length > 0) return { verdict: 'inconclusive', reason: undecidedAll.join('; ') }
  // A test that cannot fail proves nothing.
  const decisive = assertions.length + figures.filter(({ within }) => within !== undefined).length
  return decisive === 0 ? { verdict: 'fail', reason: 'the test asserted nothing' } : { verdict: 'pass' }
}
