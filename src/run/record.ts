import type { HostRecord } from '../host/host-record.ts'

export type { HostRecord }

/**
 * The run record, `lvslab.run/1`: the one result model that every report is made from.
 * Change only with a version and a note in the README.
 */
export const RUN_SCHEMA = 'lvslab.run/1'

export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'skip'

/** One measured figure and, where there is one, the window that the configuration gives it. */
export interface Figure {
  /** Short name: "takeover after last advert". */
  readonly name: string
  readonly value: number
  /** "ms", "requests", "share", "count", … */
  readonly unit: string
  /** Both ends in the figure's unit; either may be absent when the configuration gives none. */
  readonly window?: { readonly min?: number; readonly max?: number; readonly formula: string; readonly source: string }
  /** Whether the figure lay inside its window (absent: no window). */
  readonly within?: boolean
  readonly note?: string
}

/** One event of a timeline, on the cluster's clock. */
export interface TimelineEvent {
  /** ms on the cluster's clock. */
  readonly atMs: number
  /** "fault", "last advert", "first advert", "gratuitous ARP", "first answer", … */
  readonly kind: string
  readonly label: string
  /** The node that it came from, if one. */
  readonly node?: string
}

export interface Timeline {
  readonly title: string
  readonly events: readonly TimelineEvent[]
  /** The client's requests around it: when begun, how long it took, who answered. */
  readonly requests?: readonly {
    readonly atMs: number
    readonly durationMs: number
    readonly outcome: 'ok' | 'error'
    readonly server?: string
  }[]
}

/** Something true of the cluster that a document does not say, or says otherwise. */
export interface Finding {
  readonly text: string
  readonly evidence?: string
}

export interface Evidence {
  /** "capture", "console", "journal", "keepalived.data", … */
  readonly kind: string
  readonly label: string
  /** Path relative to the run record's folder. */
  readonly path: string
  /** Its size. */
  readonly bytes?: number
}

export interface Assertion {
  readonly text: string
  readonly ok: boolean
  readonly detail?: string
}

export interface ClaimRecord {
  /** "004-4". */
  readonly id: string
  /** Topology's name: "dr-vrrp". */
  readonly topology: string
  readonly title: string
  /** The claim proves that something does NOT work. */
  readonly negative: boolean
  readonly verdict: Verdict
  /** Why it is not a pass; or why it was skipped. */
  readonly reason?: string
  /** Error code when a coded error ended it. */
  readonly code?: string
  /** What kind of error that was; an infrastructure fault says nothing about the cluster. */
  readonly errorKind?: 'usage' | 'infrastructure' | 'prerequisite' | 'nothingMatched' | 'assertion'
  readonly figures: readonly Figure[]
  readonly assertions: readonly Assertion[]
  readonly timelines: readonly Timeline[]
  readonly findings: readonly Finding[]
  readonly evidence: readonly Evidence[]
  readonly durationMs: number
  /** ms from the first machine's start to a cluster that was ready for the claim. */
  readonly bootMs?: number
  /** ms spent waiting for what the protocols themselves impose (advert intervals, delay loops, …). */
  readonly protocolWaitMs?: number
  /** How late the harness was scheduled while the claim ran, ms. */
  readonly lateness?: { readonly fabricMaxMs: number; readonly fabricP99Ms: number }
  readonly attempt: number
  /** Where the claim's test is declared: path relative to the project, line from 1. */
  readonly source?: { readonly file: string; readonly line: number }
}

/** One of the runs that a record was merged from. */
export interface RunPart {
  readonly id: string
  readonly startedAt: string
  readonly durationMs: number
  readonly command: readonly string[]
  readonly host: HostRecord
}

export interface RunRecord {
  readonly schema: typeof RUN_SCHEMA
  readonly id: string
  readonly lvslab: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly command: readonly string[]
  readonly host: HostRecord
  readonly engine: 'vm' | 'vagrant'
  /** Resolved version: "6.1.0-56-cloud-amd64". */
  readonly kernel: string
  /** Resolved Debian package version: "1:2.2.7-1+b2". */
  readonly keepalived: string
  readonly userland: string
  /** Where the time went, ms: setup, images, template, boot, claims, report, … */
  readonly phases: Readonly<Record<string, number>>
  readonly topologies: readonly TopologyRecord[]
  readonly claims: readonly ClaimRecord[]
  readonly verdict: Verdict
  readonly interrupted: boolean
  /** The shards that `lvslab report --out` made this record of; then `durationMs` and `phases` are their sums. */
  readonly parts?: readonly RunPart[]
}

/** As much of a topology as a report needs to draw it. */
export interface TopologyRecord {
  readonly name: string
  readonly title: string
  /** The document's id: "004". */
  readonly document?: string
  readonly notes: readonly string[]
  readonly networks: readonly { readonly name: string; readonly cidr: string; readonly kind: 'switch' | 'hub' }[]
  readonly nodes: readonly {
    readonly name: string
    readonly roles: readonly string[]
    readonly interfaces: readonly { readonly name: string; readonly network: string; readonly address: string }[]
  }[]
  readonly vips: readonly { readonly address: string; readonly interface: string }[]
}
