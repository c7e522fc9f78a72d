import type { Verdict } from '../../run/record.ts'
import type { Interval } from './interval.ts'

export const COMPARE_SCHEMA = 'lvslab.compare/1'

export type Direction = 'worse' | 'better' | 'other'

/** One of the two runs, or of the two that measured the noise. */
export interface ComparedRun {
  readonly id: string
  readonly startedAt: string
  readonly claims: number
  /** Times that its claims were repeated, at most. */
  readonly repeats: number
  readonly interrupted: boolean
  /** What a claim is called: a performance suite compares "variant"s. Absent: claims. */
  readonly calls?: string
}

/** Something about how the runs were made that is not the same: "kernel", "keepalived", "host". */
export interface Setting {
  readonly name: string
  readonly a: string
  readonly b: string
}

/** How many of a claim's records ended how. */
export type VerdictCounts = Readonly<Partial<Record<Verdict, number>>>

export interface VerdictChange {
  readonly id: string
  readonly title: string
  readonly a: VerdictCounts
  readonly b: VerdictCounts
  readonly direction: Direction
  /** Why B's is not a pass. */
  readonly reason?: string
  /** Where records of one run differ among themselves: how often chance alone shows as much. */
  readonly p?: number
}

export interface FindingChange {
  readonly id: string
  readonly text: string
}

/** A figure on one side. */
export interface Sample {
  readonly count: number
  readonly median: number
  /** 95 % bootstrap interval of the median; from three values on. */
  readonly interval?: Interval
}

export interface FigureChange {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly a: Sample
  readonly b: Sample
  /** Median of B less that of A. */
  readonly difference: number
  readonly differenceInterval?: Interval
  readonly direction: Direction
  readonly p: number
}

/** A figure that lay in its window in one run and, always or significantly more often, outside in the other. */
export interface WindowChange {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly a: { readonly outside: number; readonly of: number; readonly median: number }
  readonly b: { readonly outside: number; readonly of: number; readonly median: number }
  /** The window of the figure that lies outside. */
  readonly window?: { readonly min?: number; readonly max?: number }
}

/** A difference that too few measurements can neither show nor deny. */
export interface Undecided {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly a: Sample
  readonly b: Sample
  /** It is larger than everything that the noise record showed: worth measuring again. */
  readonly beyondNoise?: boolean
}

export interface Comparison {
  readonly schema: typeof COMPARE_SCHEMA
  readonly a: ComparedRun
  readonly b: ComparedRun
  readonly noise?: readonly [ComparedRun, ComparedRun]
  /** What the records themselves know of their noise, in a sentence. */
  readonly knownNoise?: string
  readonly settings: readonly Setting[]
  /** Of the claims that both have: how many ended alike, each time. Absent where there are none, as in performance suites. */
  readonly alike?: { readonly claims: number; readonly of: number }
  readonly verdicts: readonly VerdictChange[]
  readonly claims: { readonly added: readonly FindingChange[]; readonly removed: readonly FindingChange[] }
  readonly findings: { readonly appeared: readonly FindingChange[]; readonly vanished: readonly FindingChange[] }
  readonly windows: { readonly left: readonly WindowChange[]; readonly cameBack: readonly WindowChange[] }
  readonly figures: {
    /** In both runs. */
    readonly compared: number
    readonly changed: readonly FigureChange[]
    readonly undecided: readonly Undecided[]
    /** Differences that chance does not explain but the noise record does: no larger than between its two runs. */
    readonly belowNoise: number
    readonly onlyA: readonly FindingChange[]
    readonly onlyB: readonly FindingChange[]
  }
  readonly statistics: {
    /** The chance that anything at all is named falsely, if nothing differs: at most this. */
    readonly falseAlarmRate: number
    readonly tests: number
    readonly level: number
    /** How often both runs must repeat their claims so that each figure can be told. */
    readonly repeatsNeeded: number
  }
  /** Anything is named above. What cannot be told is not. */
  readonly different: boolean
  readonly worse: boolean
}
