import { UsageError } from '../errors.ts'
import type { AxisValue } from './plan.ts'

/** How often a claim held and did not, with one version. */
export interface Tally {
  readonly pass: number
  readonly fail: number
  /** Inconclusive, skipped, or no result at all. */
  readonly neither: number
}

export interface Tried extends Tally {
  readonly value: AxisValue
}

export interface BisectResult {
  /** The first version with which the claim fails, and the last before it with which it holds. */
  readonly firstBad: AxisValue
  readonly lastGood: AxisValue
  /** It fails with the first bad version every time: a fact; else now and then: a flake that came with it. */
  readonly always: boolean
  /** In the order in which they were tried. */
  readonly tried: readonly Tried[]
  /** Versions between the last good and the first bad one that came to no result. */
  readonly skipped: readonly AxisValue[]
}

/**
 * Finds the first of several versions, the oldest first, with which a claim fails, by halving. Each version is proven so
 * often that a flake is told from a fact: one that fails even once is bad, as the good end never does. Versions without a
 * result are left out, and said to be.
 *
 * @param prove - proves the claim with a version, as often as it takes
 * @throws UsageError `LVSLAB_E_BISECT_ENDS` when the oldest fails or the newest holds
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
  if (!isGood(oldest)) throw ends(`${oldest.value.name} is not good`, told(oldest))
  const newest = await tally(versions.at(-1)!)
  if (!isBad(newest)) throw ends(`${newest.value.name} is not bad`, told(newest))
  let [lastGood, firstBad] = [oldest, newest]
  let between = versions.slice(1, -1)
  const skipped: AxisValue[] = []
  while (between.length > 0) {
    const at = Math.floor(between.length / 2)
    const middle = await tally(between[at]!)
    if (isBad(middle)) {
      firstBad = middle
      between = between.slice(0, at)
    } else if (isGood(middle)) {
      lastGood = middle
      between = between.slice(at + 1)
    } else {
      skipped.push(middle.value)
      between = between.toSpliced(at, 1)
    }
  }
  const order = versions.map(({ wish }) => wish)
  const inDoubt = ({ wish }: AxisValue): boolean =>
    order.indexOf(wish) > order.indexOf(lastGood.value.wish) && order.indexOf(wish) < order.indexOf(firstBad.value.wish)
  return {
    firstBad: firstBad.value,
    lastGood: lastGood.value,
    always: firstBad.pass === 0,
    tried,
    skipped: skipped.filter(inDoubt),
  }
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
    todo: 'give a range whose older end holds the claim and whose newer end does not',
  })
}
