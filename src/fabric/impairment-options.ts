import { UsageError } from '../errors.ts'
import type { DelaySpec, ImpairmentSpec, RateSpec, ReorderSpec } from './impairment.ts'

/** Longer than any protocol here waits; a mistaken unit (s for ms) is noticed. */
const MAX_DELAY_MS = 3_600_000
const MAX_SEED = 2 ** 32 - 1

const KINDS = ['loss', 'delay', 'duplicate', 'reorder', 'rate', 'corrupt'] as const

/** @throws {UsageError} LVSLAB_E_IMPAIRMENT if a spec says nothing, or something that cannot be */
export function checkImpairment(spec: ImpairmentSpec): void {
  const unknown = Object.keys(spec).find((key) => key !== 'seed' && !KINDS.some((kind) => kind === key))
  if (unknown !== undefined) throw refused(`there is no impairment "${unknown}"`, `there are ${KINDS.join(', ')}`)
  if (KINDS.every((kind) => spec[kind] === undefined)) {
    throw refused('an impairment must impair something', `give at least one of ${KINDS.join(', ')}`)
  }
  const { loss, duplicate, corrupt, delay, reorder, rate, seed } = spec
  for (const [name, value] of Object.entries({ loss, duplicate, corrupt })) checkProbability(name, value)
  if (delay !== undefined) checkDelay(delay)
  if (reorder !== undefined) checkReorder(reorder, delay)
  if (rate !== undefined) checkRate(rate)
  if (seed !== undefined && !isWhole(seed, 0, MAX_SEED)) {
    throw refused(`a seed of ${seed}`, `it is a whole number from 0 to ${MAX_SEED}`)
  }
}

function checkDelay({ ms, jitterMs = 0, distribution = 'uniform' }: DelaySpec): void {
  if (!(ms >= 0 && ms <= MAX_DELAY_MS)) {
    throw refused(`a delay of ${ms} ms`, `it is from 0 to ${MAX_DELAY_MS} ms (an hour)`)
  }
  if (!(jitterMs >= 0 && jitterMs <= ms)) {
    throw refused(`a jitter of ${jitterMs} ms around ${ms} ms`, 'it is from 0 to the delay itself')
  }
  // From JavaScript, it may be anything.
  if (!['uniform', 'normal'].includes(distribution)) {
    throw refused(`a distribution "${String(distribution)}"`, 'it is uniform or normal')
  }
}

function checkReorder({ probability, gap = 1 }: ReorderSpec, delay: DelaySpec | undefined): void {
  checkProbability('reorder', probability)
  if (!isWhole(gap, 1, Number.MAX_SAFE_INTEGER)) throw refused(`a gap of ${gap}`, 'it is a whole number of at least 1')
  // Nothing can be overtaken that is not held; tc refuses it as well.
  if (delay === undefined || delay.ms === 0) throw refused('reordering without a delay', 'give a delay too')
}

function checkRate({ bitsPerSecond, queueBytes = 1 }: RateSpec): void {
  if (!(bitsPerSecond > 0 && Number.isFinite(bitsPerSecond))) {
    throw refused(`a rate of ${bitsPerSecond} bit/s`, 'it is more than 0')
  }
  if (!isWhole(queueBytes, 1, Number.MAX_SAFE_INTEGER)) {
    throw refused(`a queue of ${queueBytes} bytes`, 'it is a whole number of at least 1')
  }
}

function checkProbability(name: string, value: number | undefined): void {
  if (value === undefined || (value >= 0 && value <= 1)) return
  throw refused(`a probability of ${value} (${name})`, 'it is from 0 to 1')
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function refused(what: string, todo: string): UsageError {
  return new UsageError('LVSLAB_E_IMPAIRMENT', `That impairment cannot be: ${what}`, { todo })
}
