import { UsageError } from '../errors.ts'
import type { AxisValue } from './plan.ts'

/** How often a claim held and did not, with one version. */
export interface Tally {
  readonly pass: number
  readonly fail: number
  /** Inconclusive, skipped, or no result at all. */
  readonly neither: number
  /** Why one of them did not hold. */
  readonly reason?: string
}

export interface Tried extends Tally {
  readonly value: AxisValue
}

/** Where the claim changes: what it came to fail with, or came to hold with again. */
export type Change =
  /** The first version with which the claim fails, and the last before it with which it holds. */
  | { readonly change: 'break'; readonly firstBad: AxisValue; readonly lastGood: AxisValue }
  /** The first version with which the claim holds, and the last before it with which it fails. */
  | { readonly change: 'fix'; readonly firstGood: AxisValue; readonly lastBad: AxisValue }

export type BisectResult = Change & {
  /** It fails with the bad one of the two every time: a fact; else now and then: a flake that came, or went, with it. */
  readonly always: boolean
  /** In the order in which they were tried. */
  readonly tried: readonly Tried[]
  /** Versions between the two that came to no result. */
  readonly skipped: readonly AxisValue[]
}

/**
 * Finds the first of several versions, the oldest first, with which a claim fails; or, where the oldest fails and the
 * newest holds, the first with which it holds: by halving. Each version is proven so often that a flake is told from a
 * fact: one that fails even once is bad, as the good end never does. Versions without a result are left out, and said to
 * be.
 *
 * @param prove - proves the claim with a version, as often as it takes
 * @throws UsageError `LVSLAB_E_BISECT_ENDS` when both ends are alike, or one has no result
 */
export async function bisect(
  versions: readonly AxisValue[],
  prove: (value: AxisValue) => Promise<Tally>,
): Promise<BisectResult> {
  const tried: Tried[] = []
  const tally = async (value: AxisValue): Promise<Tried> => {
    const one = { value, ...(await prove(value)) }
    tried.push(one)
    return one
  }
  if (versions.length < 2)
    throw ends('there are no two versions to choose from', versions.map(({ name }) => name).join())
  const oldest = await tally(versions[0]!)
  if (!isGood(oldest) && !isBad(oldest)) throw ends(`${oldest.value.name} is neither good nor bad`, told(oldest))
  const newest = await tally(versions.at(-1)!)
  const breaks = isGood(oldest)
  if (breaks ? !isBad(newest) : !isGood(newest)) {
    const missing = breaks ? 'bad' : 'good'
    throw ends(
      `neither ${oldest.value.name} nor ${newest.value.name} is ${missing}`,
      `${told(oldest)}; ${told(newest)}`,
    )
  }
  let [before, after] = [oldest, newest]
  let between = versions.slice(1, -1)
  const skipped: AxisValue[] = []
  while (between.length > 0) {
    const at = Math.floor(between.length / 2)
    const middle = await tally(between[at]!)
    if (!isBad(middle) && !isGood(middle)) {
      skipped.push(middle.value)
      between = between.toSpliced(at, 1)
    } else if (isBad(middle) === breaks) {
      after = middle
      between = between.slice(0, at)
    } else {
      before = middle
      between = between.slice(at + 1)
    }
  }
  const order = versions.map(({ wish }) => wish)
  const inDoubt = ({ wish }: AxisValue): boolean =>
    order.indexOf(wish) > order.indexOf(before.value.wish) && order.indexOf(wish) < order.indexOf(after.value.wish)
  const change: Change = breaks
    ? { change: 'break', firstBad: after.value, lastGood: before.value }
    : { change: 'fix', firstGood: after.value, lastBad: before.value }
  const always = (breaks ? after : before).pass === 0
  return { ...change, always, tried, skipped: skipped.filter(inDoubt) }
}

export function told({ value, pass, fail, neither }: Tried): string {
  return `${value.name}: ${pass} × pass, ${fail} × fail${neither > 0 ? `, ${neither} × neither` : ''}`
}

function isBad({ fail }: Tally): boolean {
  return fail > 0
}

function isGood({ pass, fail }: Tally): boolean {
  return fail === 0 && pass > 0
}

function ends(message: string, seen: string): UsageError {
  return new UsageError('LVSLAB_E_BISECT_ENDS', message, {
    seen,
    todo: 'give a range with whose one end the claim holds, and with whose other end it does not',
  })
}
