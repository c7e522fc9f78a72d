/**
 * What heartbeat 3.0.6 takes where ha.cf says nothing: heartbeat/config.c, Directives and init_config; Debian's binary
 * prints the same with `heartbeat -D`.
 */
export const HEARTBEAT_DEFAULTS = {
  keepaliveMs: 1000,
  deadtimeMs: 30_000,
  /** /etc/services ha-cluster/udp, else include/heartbeat.h UDPPORT. */
  udpPort: 694,
  autoFailback: 'legacy',
} as const

/** heartbeat/config.c, init_config: half of deadtime, in whole milliseconds. */
export function defaultWarntimeMs(deadtimeMs: number): number {
  return Math.floor(deadtimeMs / 2)
}

/** heartbeat/config.c, init_config. ha.cf's own comment ("120") is an example, not the default. */
export function defaultInitdeadMs(deadtimeMs: number): number {
  if (deadtimeMs > 10_000) return deadtimeMs
  return deadtimeMs < 6000 ? 12_000 : 2 * deadtimeMs
}
