import type { ClusterTime } from '../../clock.ts'
import type { Cluster } from '../../cluster/index.ts'
import type { NodeReports } from './node-report.ts'

/** What a claim excuses an invariant by. */
export type InvariantName =
  | 'arp-candidates'
  | 'arp-announcers'
  | 'one-arp-answerer'
  | 'one-master'
  | 'direct-answers'
  | 'nat-hides'
  | 'removed-servers'
  | 'weight-0'
  | 'probe-rhythm'
  | 'kernel-logs'
  | 'same-processes'
  | 'clocks'

/** Something that must be true of the wire all the while. */
export interface Invariant {
  readonly name: InvariantName
  readonly text: string
  /** What broke it between the two moments; empty when it held. */
  readonly violations: (cluster: Cluster, since: ClusterTime, until: ClusterTime) => string[]
}

/** What an inspection found. */
export interface Look {
  readonly violations: readonly string[]
  /** Misses that the machine's lateness explains: neither held against the cluster nor passed off as right. They leave the claim inconclusive. */
  readonly undecided?: readonly string[]
  /** What would break it, but was done on purpose, and by what. */
  readonly excused?: readonly string[]
  /** How much it rests on: "42 probes". */
  readonly seen?: string
}

/** What it takes to look back on a span: the wire, and what the machines said at its two ends. */
export interface Review {
  readonly cluster: Cluster
  readonly since: ClusterTime
  readonly until: ClusterTime
  readonly before: NodeReports
  readonly after: NodeReports
}

/** Something that must be true all the while, but which takes more than the wire to see. */
export interface Inspection {
  readonly name: InvariantName
  readonly text: string
  readonly look: (review: Review) => Promise<Look>
}

export function isInspection(one: Invariant | Inspection): one is Inspection {
  return 'look' in one
}
