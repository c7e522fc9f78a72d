import { DEBIAN_HZ, timerGranularityMs } from './kernel-timer.ts'
import { inMs, inS, toWindow, type Window } from './window.ts'

/** How much longer a template is kept when it runs out while a connection of it is still remembered. */
const KEPT_S = 60

export interface TemplateUse {
  /**
   * When the last of its connections is forgotten, seconds after the client's last SYN; `connectionExpiry` says when that
   * may be. Default: before the template.
   */
  readonly connectionsGoneS?: { readonly minS: number; readonly maxS: number }
  /**
   * It had been kept on once already: its time-out is 60 s from then on, also where a new connection restarts it, for only
   * its creation sets persistence_timeout (ip_vs_core.c, ip_vs_sched_persist).
   */
  readonly keptBefore?: boolean
}

/**
 * When a client is forgotten: each of its connections restarts the template's timer; when it fires while one is still
 * remembered, the template is kept for another 60 s, and again.
 *
 * @param persistenceS - persistence_timeout
 */
export function templateExpiry(persistenceS: number, use: TemplateUse = {}, hz = DEBIAN_HZ): Window {
  const { connectionsGoneS = { minS: 0, maxS: 0 }, keptBefore = false } = use
  const firstS = keptBefore ? KEPT_S : persistenceS
  const least = extensions(connectionsGoneS.minS, firstS)
  // A timer that is due at the very moment may come first.
  const most = connectionsGoneS.maxS < firstS ? 0 : Math.floor((connectionsGoneS.maxS - firstS) / KEPT_S) + 1
  const granularityMs = timerGranularityMs(firstS * 1000, hz) + most * timerGranularityMs(KEPT_S * 1000, hz)
  const times = least === most ? `${most}` : `${least} to ${most}`
  const kept = most === 0 ? '' : `, kept on ${times} × ${inS(KEPT_S)} for its connections`
  return toWindow({
    name: 'expiry of a persistence template',
    earliestMs: (firstS + least * KEPT_S) * 1000,
    latestMs: (firstS + most * KEPT_S) * 1000 + granularityMs,
    exact: `${keptBefore ? `${inS(KEPT_S)} (kept on before)` : `persistence_timeout ${inS(persistenceS)}`}${kept}, + ${inMs(granularityMs)} granularity of the kernel's timers`,
    source: 'ip_vs_core.c ip_vs_sched_persist; ip_vs_conn.c ip_vs_conn_expire; kernel/time/timer.c',
    from: "the client's last SYN",
    to: 'the template is no longer in /proc/net/ip_vs_conn',
    steps: 2 + most,
  })
}

/** How often it fires while a connection is still there. */
function extensions(goneS: number, firstS: number): number {
  return Math.max(0, Math.ceil((goneS - firstS) / KEPT_S))
}
