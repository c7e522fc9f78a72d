import type { SourceLocation } from '../source-text.ts'

/**
 * A keepalived.conf as keepalived understands it: every value that the file leaves open is filled in with the default
 * of the version that will read it. Names follow keepalived.conf(5); times are in seconds, as there.
 */
export interface KeepalivedConf {
  /** Path on this host. */
  readonly file: string
  /** The keepalived that will read it: "2.2.7". */
  readonly version: string
  readonly routerId?: string
  /** No instance takes part in elections for this long after the start (`vrrp_startup_delay`). */
  readonly vrrpStartupDelayS: number
  readonly vrrpInstances: readonly VrrpInstance[]
  /** By what an instance may be tracked: `vrrp_script` blocks. */
  readonly vrrpScripts: readonly VrrpScript[]
  readonly virtualServers: readonly KeepalivedVirtualServer[]
  /** What keepalived will ignore or warn about, and what an expectation computed from this file does not cover. */
  readonly notes: readonly ConfNote[]
}

export interface ConfNote {
  readonly message: string
  readonly at: SourceLocation
}

export interface VrrpInstance {
  readonly name: string
  readonly state: 'MASTER' | 'BACKUP'
  readonly interface: string
  readonly virtualRouterId: number
  readonly priority: number
  readonly advertIntS: number
  readonly version: 2 | 3
  readonly authentication?: { readonly type: 'PASS' | 'AH'; readonly password: string }
  readonly virtualIpaddresses: readonly VirtualIpaddress[]
  readonly unicastPeers: readonly string[]
  readonly nopreempt: boolean
  readonly preemptDelayS: number
  /** Adverts that must fail to come before the master counts as down (`down_timer_adverts`, 2.2.3 and later). */
  readonly downTimerAdverts: number
  readonly garp: GarpSettings
  /** Scripts that put the instance into FAULT (weight 0) or change its priority. */
  readonly trackScripts: readonly Tracked[]
  readonly trackInterfaces: readonly Tracked[]
}

/** A line of `track_script` or `track_interface`. */
export interface Tracked {
  readonly name: string
  /** Its own; absent: the script's, or 0 for an interface. */
  readonly weight?: number
  /** A failure counts as success and the other way round. Absent: as the script has it. */
  readonly reverse?: boolean
}

/** A `vrrp_script` block. */
export interface VrrpScript {
  readonly name: string
  /** From the beginning of a run to the beginning of the next. */
  readonly intervalS: number
  /** A run that takes longer is ended by SIGTERM, and has failed. */
  readonly timeoutS: number
  /** Successes in a row until it counts as good. */
  readonly rise: number
  /** Failures in a row until it counts as bad. */
  readonly fall: number
  /** 0: FAULT while it is bad. Above 0: added while it is good. Below 0: added while it is bad. */
  readonly weight: number
  readonly reverse: boolean
}

/** Gratuitous ARP of one instance. */
export interface GarpSettings {
  /** From becoming master to the second burst; 0: none (`garp_master_delay`). */
  readonly masterDelayS: number
  /** Frames per VIP in each of the two bursts (`garp_master_repeat`). */
  readonly masterRepeat: number
  /** Between refreshes while master; 0: none (`garp_master_refresh`). */
  readonly masterRefreshS: number
  /** Frames per VIP in a refresh (`garp_master_refresh_repeat`). */
  readonly masterRefreshRepeat: number
  /** After an advert of lower priority was heard (`garp_lower_prio_delay`, `garp_lower_prio_repeat`). */
  readonly lowerPrioDelayS: number
  readonly lowerPrioRepeat: number
}

export interface VirtualIpaddress {
  readonly address: string
  readonly prefix: number
  readonly dev?: string
}

export interface KeepalivedVirtualServer {
  /** Absent for a firewall mark. */
  readonly address?: string
  readonly port?: number
  readonly fwmark?: number
  readonly delayLoopS: number
  readonly scheduler: string
  readonly forwarding: 'DR' | 'NAT' | 'TUN'
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly persistenceTimeoutS?: number
  /** Servers are out until a check has succeeded (`alpha`), else in until one has failed. */
  readonly alpha: boolean
  readonly realServers: readonly KeepalivedRealServer[]
}

export interface KeepalivedRealServer {
  readonly address: string
  /** Absent: the port of the virtual server. */
  readonly port?: number
  readonly weight: number
  /** A failing server gets weight 0 instead of being removed (`inhibit_on_failure`). */
  readonly inhibitOnFailure: boolean
  /** In the order of the file; the server is up while all of them are. */
  readonly checkers: readonly Checker[]
}

export const CHECKER_KINDS = [
  'HTTP_GET',
  'SSL_GET',
  'TCP_CHECK',
  'UDP_CHECK',
  'PING_CHECK',
  'SMTP_CHECK',
  'DNS_CHECK',
  'MISC_CHECK',
  'FILE_CHECK',
  'BFD_CHECK',
] as const

export type CheckerKind = (typeof CHECKER_KINDS)[number]

export interface Checker {
  readonly kind: CheckerKind
  /** Limit for the connection, and again for each write and read of HTTP_GET. */
  readonly connectTimeoutS: number
  /** Further tries after a failure before the server counts as down. */
  readonly retry: number
  readonly delayBeforeRetryS: number
  /** The first check comes 1 s plus a random part of this after the start. */
  readonly warmupS: number
  readonly delayLoopS: number
  /** HTTP_GET and SSL_GET: after a failure, check again without waiting (`fast_recovery`). */
  readonly fastRecovery: boolean
  /** Where it connects to, in place of the real server's own address and port (`connect_ip`, `connect_port`). */
  readonly connectIp?: string
  readonly connectPort?: number
  /** MISC_CHECK: how long a run may take (`misc_timeout`, or the virtual server's delay_loop). */
  readonly miscTimeoutS?: number
  /** UDP_CHECK: silence is a failure (`require_reply`). Absent: a success. */
  readonly requireReply?: boolean
  readonly urls: readonly { readonly path: string; readonly statusCodes?: string }[]
}
