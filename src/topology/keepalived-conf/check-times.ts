import type { Block } from './block.ts'

/** The times that a virtual server, a real server and a checker may each set; the inner one counts. */
export interface CheckTimes {
  readonly delayLoopS: number
  readonly connectTimeoutS: number
  readonly retry?: number
  readonly delayBeforeRetryS?: number
  readonly warmupS?: number
}

/** keepalived keeps times in microseconds and takes six decimals (lib/parser.c, read_timer). */
const seconds = { min: 0, max: 2_000_000_000, decimal: true }

/** What one block says itself. */
export function readCheckTimes(block: Block): Partial<CheckTimes> {
  return defined({
    delayLoopS: block.number({ ...seconds, min: 0.000001 }, 'delay_loop'),
    connectTimeoutS: block.number({ ...seconds, min: 0.000001 }, 'connect_timeout'),
    retry: block.number({ min: 0, max: 2 ** 32 - 1 }, 'retry'),
    delayBeforeRetryS: block.number(seconds, 'delay_before_retry'),
    warmupS: block.number(seconds, 'warmup'),
  })
}

function defined<T extends object>(values: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
