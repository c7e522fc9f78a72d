import type { EngineName } from '../engine/engine.ts'
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

/** One window, and what was measured with the fault at many phases of the interval that it follows from. */
export interface Sweep {
  readonly name: string
  readonly window: { readonly min: number; readonly max: number; readonly formula: string; readonly source: string }
  /** ms, as measured, in the order of the phases; the phase is a part of the interval, 0 to 1. */
  readonly points: readonly { readonly phase: number; readonly value: number; readonly within: boolean }[]
  /** Part of the window's width between the smallest and the largest value inside it, 0 to 1. */
  readonly share: number
  /** The widest stretch of the window without a value, ends included, ms. */
  readonly largestGapMs: number
  /** From each end of the window to the nearest value inside it, ms. */
  readonly lowSlackMs: number
  readonly highSlackMs: number
}

/** One event of a timeline, on the cluster's clock. */
export interface TimelineEvent {
  /** ms on the cluster's clock. */
  readonly atMs: number
  /** "fault", "last advert", "first advert", "gratuitous ARP", "neighbour told", "first SYN answered", … */
  readonly kind: string
  readonly label: string
  /** The node that it came from, if one. */
  readonly node?: string
  /** The network that it was seen on; absent for what no wire shows. */
  readonly network?: string
  /** The network's port at which it happened, by its cable: "client:eth1". */
  readonly port?: string
  /** A display filter by which Wireshark finds its frame in that network's capture, at this time. */
  readonly filter?: string
}

/**
 * How long a client was without service, as the wire shows it: from the begin of the first request that was lost to the
 * begin of the first one served after the last that was lost.
 */
export interface Blackout {
  /** Requests lost: not answered in the client's time, or refused, or broken off. */
  readonly lost: number
  /** Requests served between the first and the last lost one; absent: none. */
  readonly servedBetween?: number
  /** ms on the cluster's clock; absent when none was lost. */
  readonly fromMs?: number
  /** Absent when none was served any more. */
  readonly toMs?: number
  readonly durationMs?: number
  /** From the first packet of the client that brought nothing to the last one: so long it was for certain. */
  readonly atLeastMs: number
  /** From the last packet of the client that was of use before to the first one after: it cannot have been longer. */
  readonly atMostMs?: number
  /** The longest time between the begins of two requests at either end: what the load can resolve. */
  readonly resolutionMs: number
  /** The same by the client's own account, the second witness. */
  readonly client?: { readonly lost: number; readonly fromMs?: number; readonly toMs?: number }
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
  /** The client's blackout; absent where no client kept asking. */
  readonly blackout?: Blackout
  /** Unix epoch of the clock's zero, ms: with it, an event's time is that of its frame in the capture. */
  readonly epochMs?: number
}

/** Something true of the cluster that a document does not say, or says otherwise. */
export interface Finding {
  readonly text: string
  readonly evidence?: string
}

export interface Evidence {
  /** "capture", "console", "journal", "keepalived.data", "configuration", "topology", "versions", "state" (what is asked). */
  readonly kind: string
  readonly label: string
  /** Path relative to the run record's folder. */
  readonly path: string
  /** Its size. */
  readonly bytes?: number
  /** Of a file that was too large: which part of it was kept. */
  readonly note?: string
}

export interface Assertion {
  readonly text: string
  readonly ok: boolean
  readonly detail?: string
  /** What would have broken it, but was done on purpose: by whom, or why. */
  readonly excused?: string
  /**
   * What would have broken it, but that the machine's lateness explains: neither right nor wrong, and the claim is
   * inconclusive unless something else broke it.
   */
  readonly undecided?: string
  /** Of a share of requests: by which test, and how often that calls something wrong that is right. */
  readonly test?: {
    readonly name: string
    readonly errorRate: number
    readonly statistic?: number
    readonly p?: number
  }
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
  /** Why it is not a pass, or was skipped; without the code. */
  readonly reason?: string
  /** Error code when a coded error ended it. */
  readonly code?: string
  /** What kind of error that was; an infrastructure fault says nothing about the cluster. */
  readonly errorKind?: 'usage' | 'infrastructure' | 'prerequisite' | 'nothingMatched' | 'assertion'
  readonly figures: readonly Figure[]
  readonly assertions: readonly Assertion[]
  readonly timelines: readonly Timeline[]
  /** Absent where nothing was swept. */
  readonly sweeps?: readonly Sweep[]
  readonly findings: readonly Finding[]
  readonly evidence: readonly Evidence[]
  /** The folder of everything that it left, relative to the run record's. */
  readonly folder?: string
  readonly durationMs: number
  /** ms from the first machine's start to a cluster that was ready for the claim. */
  readonly bootMs?: number
  /** ms spent waiting for what the protocols themselves impose (advert intervals, delay loops, …). */
  readonly protocolWaitMs?: number
  /** How late the harness was scheduled while the claim ran, ms. */
  readonly lateness?: { readonly fabricMaxMs: number; readonly fabricP99Ms: number }
  /** Where its wire events came from, where that was no fabric: whose tcpdump, and what a time may be wrong by, ms. */
  readonly wire?: { readonly source: 'tcpdump'; readonly machines: readonly string[]; readonly precisionMs: number }
  readonly attempt: number
  /**
   * What each node was made of, by name, resolved: the kernel as uname -r has it, on directors Debian's version of
   * keepalived, that which ran last where the claim changed it. Of the claim's last cluster; absent when none came up.
   */
  readonly versions?: Readonly<Record<string, { readonly kernel: string; readonly keepalived?: string }>>
  /** Where the claim's test is declared: path relative to the project, line from 1. */
  readonly source?: { readonly file: string; readonly line: number }
  /** Of a claim that shows a known regression: what is known of it. */
  readonly regression?: {
    readonly program: 'keepalived' | 'kernel'
    /** Where it was reported and mended. */
    readonly threads: readonly string[]
    /** First release that has it; absent: not known. */
    readonly since?: string
    /** First release without it; absent: not known, or none yet. */
    readonly fixed?: string
    /** The newest release that is known to have it, where none is fixed. */
    readonly last?: string
    /** Whether the version of this run is one that has it, by the two above; distributions mend on their own. */
    readonly affected: boolean
  }
}

/** One of the runs that a record was merged from. */
export interface RunPart {
  readonly id: string
  readonly startedAt: string
  readonly durationMs: number
  readonly command: readonly string[]
  readonly host: HostRecord
}

/** Which part of a selection a run was, and all claims of it, in their order. */
export interface RunShard {
  readonly index: number
  readonly count: number
  readonly claims: readonly Pick<ClaimRecord, 'id' | 'topology' | 'title' | 'negative'>[]
}

/**
 * The harness's own instrument, held against blackouts of known length at the beginning of the run: what the wire and a
 * client report of a cable that was cut by program.
 */
export interface CalibrationRecord {
  /** A run whose calibration failed says nothing about times. */
  readonly verdict: Exclude<Verdict, 'skip'>
  /** Why it is not a pass. */
  readonly reason?: string
  /** "blackout of 500 ms at the wire", …, each with its window. */
  readonly figures: readonly Figure[]
  /** How often a cut was repeated because the host was too late to decide. */
  readonly repeated: number
  readonly durationMs: number
}

/** What every record begins with: what was asked for, when, and on what. */
export interface RecordHead {
  readonly id: string
  readonly lvslab: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly command: readonly string[]
  readonly host: HostRecord
  readonly engine: EngineName
  /** Resolved: "6.1.0-56-cloud-amd64"; where nodes were named, "backup 6.12.117+deb13-cloud-amd64, others 6.1.0-56-…". */
  readonly kernel: string
  /** Resolved Debian package version, "1:2.2.7-1+b2", and in the same way where directors were named. */
  readonly keepalived: string
  readonly userland: string
  readonly interrupted: boolean
}

export interface RunRecord extends RecordHead {
  readonly schema: typeof RUN_SCHEMA
  /** Where the time went, ms: setup, images, template, boot, claims, report, … */
  readonly phases: Readonly<Record<string, number>>
  readonly topologies: readonly TopologyRecord[]
  readonly calibration?: CalibrationRecord
  readonly claims: readonly ClaimRecord[]
  readonly verdict: Verdict
  /** Set where the run was one machine's part of a selection. */
  readonly shard?: RunShard
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
