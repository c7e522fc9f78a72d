import type { CheckerKind, GarpSettings } from './model.ts'

/**
 * What keepalived takes where the file says nothing. Read in the sources of 2.2.7, 2.3.3 and 2.3.4, which agree; a
 * version that differs gets a table by version here (as in verdict/windows), not an `if` where the value is used.
 */

/** check_data.c, alloc_vs; include/check_data.h (KEEPALIVED_DEFAULT_DELAY); include/ipvswrapper.h (IPVS_DEF_SCHED). */
export const VIRTUAL_SERVER_DEFAULTS = {
  delayLoopS: 60,
  connectTimeoutS: 5,
  weight: 1,
  scheduler: 'wlc',
  forwarding: 'NAT',
  protocol: 'TCP',
  /** `persistence_timeout` without a value: include/libipvs.h, IPVS_SVC_PERSISTENT_TIMEOUT. */
  persistenceTimeoutS: 360,
} as const

/** include/vrrp.h (VRRP_*_DFL, VRRP_GARP_*, VRRP_DOWN_TIMER_ADVERTS); core/global_data.c, set_vrrp_defaults. */
export const VRRP_DEFAULTS = {
  version: 2,
  priority: 100,
  /** For `state MASTER` without a priority: vrrp.c, vrrp_complete_instance. */
  ownerPriority: 255,
  advertIntS: 1,
  downTimerAdverts: 3,
  garp: {
    masterDelayS: 5,
    masterRepeat: 5,
    masterRefreshS: 0,
    masterRefreshRepeat: 1,
    lowerPrioDelayS: 5,
    lowerPrioRepeat: 5,
  } satisfies GarpSettings,
} as const

/** include/vrrp_track.h (VRRP_SCRIPT_DI, _DT, _DW); vrrp_data.c, alloc_vrrp_script. The timeout is the interval's. */
export const TRACK_SCRIPT_DEFAULTS = { intervalS: 1, weight: 0, rise: 1, fall: 1 } as const

export interface CheckerDefaults {
  readonly retry: number
  /** Absent: delay_loop (DNS_CHECK). */
  readonly delayBeforeRetryS?: number
}

/** check_api.c, queue_checker; overridden in check_http.c, check_dns.c and check_misc.c. */
const common: CheckerDefaults = { retry: 1, delayBeforeRetryS: 1 }

export const CHECKER_DEFAULTS: Readonly<Record<CheckerKind, CheckerDefaults>> = {
  HTTP_GET: { retry: 1, delayBeforeRetryS: 3 },
  SSL_GET: { retry: 1, delayBeforeRetryS: 3 },
  TCP_CHECK: common,
  UDP_CHECK: common,
  PING_CHECK: common,
  SMTP_CHECK: common,
  DNS_CHECK: { retry: 3 },
  MISC_CHECK: { retry: 0, delayBeforeRetryS: 1 },
  FILE_CHECK: common,
  BFD_CHECK: common,
}
