import type { RecordHead } from '../record.ts'

/** The record of a performance suite, `OUT/bench.json`. Its page and tables are made from it. */
export const BENCH_SCHEMA = 'lvslab.bench/1'

export const SECTIONS = ['forwarding', 'servers', 'schedulers', 'scale', 'connections', 'failover', 'health'] as const
export type SectionId = (typeof SECTIONS)[number]

/** What one thing showed under one name, once per round. */
export interface BenchFigure {
  readonly section: SectionId
  /** What was measured: "NAT", "wlc", "power cut", "1,000 virtual services". */
  readonly variant: string
  /** "new connections", "latency p99", "blackout", … */
  readonly name: string
  /** "1/s", "ms", "MB/s", "share", "count", "KiB", "B". */
  readonly unit: string
  /** Which way is good. */
  readonly better: 'more' | 'less' | 'neither'
  /** Its place on the axis of a figure that grows: how many services, servers or connections there are. */
  readonly at?: number
  /** In the order in which they were measured. */
  readonly samples: readonly number[]
  readonly median: number
  /** 95 % bootstrap interval of the median; from three samples on. */
  readonly interval?: { readonly from: number; readonly to: number }
}

export interface BenchSection {
  readonly id: SectionId
  readonly title: string
  /** How it was measured, in sentences. */
  readonly how: readonly string[]
  /** Of every variant; a section that ran out of time has fewer than it wanted. */
  readonly rounds: number
  readonly durationMs: number
  /** What was left out or cut short, and why. */
  readonly notes: readonly string[]
}

/** How far two measurements of the same lie apart: a difference up to this is none. */
export interface BenchNoise {
  /** The figure's name. */
  readonly name: string
  /**
   * The same virtual service measured twice in each round: the far end of the 95 % interval of the ratio, less 1; absent: it
   * was not.
   */
  readonly sameBoot?: number
  /**
   * The same cluster booted twice, at the suite's begin and end (failovers: each half of the repetitions): the largest
   * ratio of medians, less 1; absent: booted once.
   */
  readonly twoBoots?: number
}

export interface BenchRecord extends RecordHead {
  readonly schema: typeof BENCH_SCHEMA
  readonly quick: boolean
  /** Standing impairments: "web-1:eth0:delay=5ms". */
  readonly impairments: readonly string[]
  /** How much of the host was busy with others when the suite began: its load average over a minute. */
  readonly loadAverage: number
  readonly noise: readonly BenchNoise[]
  readonly sections: readonly BenchSection[]
  readonly figures: readonly BenchFigure[]
}
