import { FULL_STEPS, QUICK_STEPS } from './connections.ts'
import { FULL_SIZES, QUICK_SIZES, type Size } from './scale-rules.ts'

/** How often a part is measured at most, how often whatever time it is, and how long it may take, s. */
export interface Part {
  readonly rounds: number
  readonly least: number
  readonly seconds: number
}

/** What a suite does; a part that has no more time makes fewer rounds, and its report says how many. */
export interface Plan {
  /** After which no part makes more rounds than it must, s. */
  readonly seconds: number
  /** On each boot of the cluster. */
  readonly forwarding: Part
  readonly boots: 1 | 2
  /** On each boot, too. */
  readonly servers: Part
  readonly schedulers: Part
  readonly tables: Part
  readonly sizes: readonly Size[]
  readonly connections: Part
  readonly steps: readonly number[]
  readonly failover: Part
  readonly failoverBySize: Part
  readonly failoverSizes: readonly Size[]
  readonly health: Part
}

export const FULL: Plan = {
  seconds: 1080,
  forwarding: { rounds: 4, least: 2, seconds: 95 },
  boots: 2,
  // So many that compare can tell each figure.
  servers: { rounds: 5, least: 5, seconds: 18 },
  schedulers: { rounds: 3, least: 1, seconds: 155 },
  tables: { rounds: 3, least: 2, seconds: 45 },
  sizes: FULL_SIZES,
  connections: { rounds: 3, least: 1, seconds: 40 },
  steps: FULL_STEPS,
  // So many were asked for, however long they take.
  failover: { rounds: 20, least: 20, seconds: 520 },
  failoverBySize: { rounds: 3, least: 1, seconds: 110 },
  failoverSizes: FULL_SIZES,
  health: { rounds: 6, least: 2, seconds: 50 },
}

export const QUICK: Plan = {
  seconds: 160,
  forwarding: { rounds: 1, least: 1, seconds: 35 },
  boots: 1,
  servers: { rounds: 3, least: 2, seconds: 8 },
  schedulers: { rounds: 1, least: 1, seconds: 20 },
  tables: { rounds: 1, least: 1, seconds: 12 },
  sizes: QUICK_SIZES,
  connections: { rounds: 1, least: 1, seconds: 15 },
  steps: QUICK_STEPS,
  failover: { rounds: 2, least: 1, seconds: 30 },
  failoverBySize: { rounds: 1, least: 1, seconds: 35 },
  // The smallest of either kind takes as long.
  failoverSizes: QUICK_SIZES.slice(0, -2).concat(QUICK_SIZES.slice(-1)),
  health: { rounds: 1, least: 1, seconds: 15 },
}

/** With as many rounds of each part as a person asks for, and the time for them. */
export function withRounds(plan: Plan, rounds: number | undefined): Plan {
  if (rounds === undefined) return plan
  const of = (): Part => ({ rounds, least: rounds, seconds: 0 })
  const half = Math.ceil(rounds / plan.boots)
  return {
    ...plan,
    seconds: 0,
    ...{ forwarding: { rounds: half, least: half, seconds: 0 }, servers: { rounds: half, least: half, seconds: 0 } },
    ...{ schedulers: of(), tables: of(), connections: of(), failover: of(), failoverBySize: of(), health: of() },
  }
}
