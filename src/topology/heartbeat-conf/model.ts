import type { SourceLocation } from '../source-text.ts'

/**
 * ha.cf and haresources as heartbeat 3.0.6 understands them: every value that ha.cf leaves open is filled in with
 * heartbeat's default. Times are in milliseconds, as heartbeat keeps them.
 */
export interface HeartbeatConf {
  /** ha.cf: path on this host. */
  readonly file: string
  /** haresources: path on this host. */
  readonly resourcesFile: string
  /** Between two status packets (`keepalive`). */
  readonly keepaliveMs: number
  /**
   * Silence after which others take this node for dead (`deadtime`). Each node announces its own in its status packets,
   * and the others go by that.
   */
  readonly deadtimeMs: number
  /** Silence after which others log a late heartbeat (`warntime`). */
  readonly warntimeMs: number
  /** Silence from the start on after which a node never heard counts as dead (`initdead`). */
  readonly initdeadMs: number
  /** The UDP port of bcast and ucast media; mcast media bring their own. */
  readonly udpPort: number
  readonly autoFailback: AutoFailback
  /** In lower case, as heartbeat keeps and sends them; in the order of the file. */
  readonly nodes: readonly string[]
  readonly media: readonly HeartbeatMedium[]
  /** The lines of haresources. */
  readonly resources: readonly ResourceGroup[]
  /** What heartbeat will ignore, warn about or refuse, and what an expectation computed from this does not cover. */
  readonly notes: readonly HeartbeatConfNote[]
}

/** What ha.cf alone says. */
export type HaCf = Omit<HeartbeatConf, 'file' | 'resourcesFile' | 'resources' | 'notes'>

/**
 * What becomes of resources when their preferred node returns: `on` and `legacy` bring them back to it, by two
 * different protocols; `off` leaves them where they are.
 */
export type AutoFailback = 'on' | 'off' | 'legacy'

export const MEDIUM_KINDS = ['bcast', 'ucast', 'ucast6', 'mcast', 'mcast6', 'serial'] as const

export type MediumKind = (typeof MEDIUM_KINDS)[number]

export interface HeartbeatMedium {
  readonly kind: MediumKind
  /** Network interface, or the device of a serial medium. */
  readonly interface: string
  /** What follows on its line: the peer of ucast; group, port, ttl and loop of mcast. */
  readonly args: readonly string[]
}

/** One line of haresources: what moves together, started in this order and stopped in the reverse. */
export interface ResourceGroup {
  /** In lower case. */
  readonly preferredNode: string
  readonly resources: readonly HeartbeatResource[]
}

export interface HeartbeatResource {
  /** A script of /etc/ha.d/resource.d or /etc/init.d; a bare address stands for IPaddr. */
  readonly script: string
  readonly args: readonly string[]
}

export interface HeartbeatConfNote {
  readonly message: string
  readonly file: string
  readonly at: SourceLocation
}
