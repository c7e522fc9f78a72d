import type { Sabotage } from '../../../src/run/claim-context.ts'

/** A way to break a cluster that its claims must notice. */
export interface NamedSabotage {
  /** Unique among all topologies. */
  readonly name: string
  readonly description: string
  readonly sabotage: Sabotage
  /** The claims that must turn red, each with what its reason must say, the code of its error before it. */
  readonly red: Readonly<Record<string, RegExp>>
  /** Why those, and why not the others. */
  readonly why: string
  /** The red claim that says most for its time; where the short form of the tests runs this breakage, it runs this one. */
  readonly telling: string
  /** A green claim that the short form runs beside it: the cluster is broken in this way only. */
  readonly control?: string
  /** The short form leaves it out: another breakage stands for its kind. */
  readonly long?: boolean
}

export interface SabotageTable {
  readonly topology: string
  /** Claims that are not named red must stay green, and the full form runs them all. */
  readonly full?: boolean
  readonly sabotages: readonly NamedSabotage[]
}
