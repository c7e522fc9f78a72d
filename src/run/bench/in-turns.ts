import { Bench } from 'tinybench'

/** One of several things that are measured in turns. */
export interface Variant {
  readonly name: string
  /** Measures it once; in the warm-up round what it answers is not counted. */
  measure(counted: boolean): Promise<void>
}

export interface Turns {
  /** Rounds at most. */
  readonly rounds: number
  /** Rounds that are made whatever time it is. */
  readonly least: number
  /** No further round is begun that would not be over by then, on performance.now()'s clock, ms. */
  readonly deadlineMs: number
  /** A round that is not counted goes before: caches of the machines and their translator fill. */
  readonly warmUp: boolean
  readonly onRound?: (round: number) => void
  readonly signal?: AbortSignal
}

/**
 * Measures every variant once in a round, each round in another order: what the host does meanwhile strikes all alike.
 * tinybench runs them, one iteration of each variant a round.
 *
 * @returns how many rounds were made
 * @throws what a variant throws
 */
export async function inTurns(variants: readonly Variant[], turns: Turns): Promise<number> {
  let [done, longestMs] = [0, 0]
  while (done < turns.rounds && turns.signal?.aborted !== true) {
    if (done >= turns.least && performance.now() + longestMs > turns.deadlineMs) break
    longestMs = Math.max(longestMs, await round(rotated(variants, done), turns.warmUp && done === 0, turns.signal))
    done += 1
    turns.onRound?.(done)
  }
  return done
}

/** The same order, begun elsewhere; every other time backwards, so that no variant always follows the same one. */
export function rotated<T>(all: readonly T[], round: number): T[] {
  const from = all.length === 0 ? 0 : round % all.length
  const turned = [...all.slice(from), ...all.slice(0, from)]
  return round % 2 === 0 ? turned : turned.reverse()
}

/** Answers how long it took without the warm-up, ms. */
async function round(variants: readonly Variant[], warmUp: boolean, signal?: AbortSignal): Promise<number> {
  let counted = true
  let begunMs: number | undefined
  const bench = new Bench({
    ...{ iterations: 1, time: 0, throws: true },
    ...{ warmup: warmUp, warmupIterations: 1, warmupTime: 0 },
    setup: (_task, mode) => {
      counted = mode === 'run'
      if (counted) begunMs ??= performance.now()
    },
  })
  // That they are asynchronous is said: tinybench would otherwise call each once more to find out.
  for (const variant of variants) {
    const measure = async (): Promise<void> => {
      // What is interrupted ends after the variant that is being measured, and keeps what was.
      if (signal?.aborted !== true) await variant.measure(counted)
    }
    bench.add(variant.name, measure, { async: true })
  }
  await bench.run()
  return performance.now() - (begunMs ?? NaN)
}
