import type { VrrpInstance } from '../../topology/keepalived-conf/index.ts'
import { masterDownInterval } from './vrrp-timers.ts'
import { inMs, inS, noWindow, STEP_TOLERANCE_MS, toWindow, type Window } from './window.ts'

/**
 * Why the preferred router was not master:
 * - `start`: its keepalived was not running;
 * - `carrier`: its interface had lost its carrier for long enough that keepalived went into FAULT. (The kernel may
 *   hold back a lost carrier for a second, net/core/link_watch.c; one that comes back it reports at once.)
 * - `cut`: frames were lost on the way while the carrier stayed. It never knew, and went on as a second master.
 */
export type PreemptAfter = 'start' | 'carrier' | 'cut'

/**
 * The preferred router is back: until its first advert, which takes the VIP from the less preferred.
 *
 * `state MASTER` does not make keepalived begin as master: unless its priority is 255, it waits in BACKUP for a full
 * master down interval, in which it ignores the adverts of the less preferred (keepalived 2.2.7 to 2.3.4).
 *
 * @throws UsageError `LVSLAB_E_WINDOW_NONE` where `nopreempt` keeps it from coming back.
 */
export function vrrpPreempt(preferred: VrrpInstance, after: PreemptAfter, startupDelayS = 0): Window {
  if (preferred.nopreempt && after !== 'cut') {
    noWindow('VRRP preemption', `${preferred.name} has nopreempt and leaves a lower master alone`)
  }
  switch (after) {
    case 'start':
      if (preferred.priority === 255 && preferred.state === 'MASTER') return ownerStart(preferred, startupDelayS)
      return returning(preferred, startupDelayS, {
        source: 'keepalived vrrp_scheduler.c vrrp_init_state, vrrp_init_instance_sands; vrrp.c vrrp_state_backup',
        from: 'its keepalived enters BACKUP STATE (init)',
      })
    case 'carrier':
      return returning(preferred, 0, {
        source: 'keepalived vrrp_scheduler.c try_up_instance; vrrp.c vrrp_state_leave_fault',
        from: 'its interface has a carrier again, after FAULT STATE',
      })
    case 'cut':
      return toWindow({
        name: 'VRRP preemption after a cut without loss of carrier',
        earliestMs: 0,
        latestMs: preferred.advertIntS * 1000,
        exact: `at most one advert interval, ${inS(preferred.advertIntS)}: it never stopped being master`,
        source: 'RFC 3768 6.4.3; keepalived vrrp_scheduler.c vrrp_init_instance_sands',
        from: 'the cut is healed',
        to: `its next advert (priority ${preferred.priority})`,
      })
  }
}

function returning(preferred: VrrpInstance, startupDelayS: number, where: Pick<Window, 'source' | 'from'>): Window {
  const name = 'VRRP preemption'
  const to = `its first advert (priority ${preferred.priority})`
  const { ms, formula } = masterDownInterval(preferred, preferred)
  const startMs = startupDelayS * 1000
  const start = startMs === 0 ? '' : `vrrp_startup_delay ${inMs(startMs)} + `
  if (preferred.preemptDelayS === 0) {
    return toWindow({ name, to, ...where, earliestMs: startMs + ms, latestMs: startMs + ms, exact: start + formula })
  }
  // The delay begins with the first lower advert heard; until it is over, each of them restarts the interval.
  const [delayMs, advertMs] = [preferred.preemptDelayS * 1000, preferred.advertIntS * 1000]
  return toWindow({
    name,
    to,
    ...where,
    earliestMs: Math.max(startMs, delayMs - advertMs) + ms,
    latestMs: Math.max(startMs, delayMs + advertMs) + ms,
    exact: `${start}preempt_delay ${inMs(delayMs)} ± one advert interval + ${formula}`,
    steps: 2,
  })
}

/** Priority 255 owns the address itself: it does not wait for others (RFC 3768, section 6.4.1). */
function ownerStart(owner: VrrpInstance, startupDelayS: number): Window {
  const startMs = startupDelayS * 1000
  return toWindow({
    name: 'VRRP preemption',
    earliestMs: startMs,
    latestMs: startMs,
    exact: startMs === 0 ? 'at once: priority 255' : `vrrp_startup_delay ${inMs(startMs)}: priority 255`,
    source: 'RFC 3768 6.4.1; keepalived vrrp_scheduler.c vrrp_init_state',
    from: 'its keepalived initialises the instance',
    to: `its first advert (priority ${owner.priority})`,
  })
}

/** The less preferred master hears the preferred one, and gives the VIP up at once. */
export function vrrpYield(preferred: VrrpInstance, lower: VrrpInstance): Window {
  return toWindow({
    name: 'VRRP step down',
    earliestMs: 0,
    latestMs: 0,
    exact: 'at once',
    source: 'RFC 3768 6.4.3; keepalived vrrp.c vrrp_state_master_rx, vrrp_state_leave_master',
    from: `the first advert of priority ${preferred.priority}`,
    to: `the VIP is gone from the master of priority ${lower.priority}`,
  })
}

/** Between two adverts of a master. */
export function advertInterval(master: VrrpInstance): Window {
  const ms = master.advertIntS * 1000
  return toWindow({
    name: 'VRRP advert interval',
    // An advert may be late and the next on time; then the gap between them is as much too short.
    earliestMs: ms - STEP_TOLERANCE_MS,
    latestMs: ms,
    exact: `advert_int ${inS(master.advertIntS)}, less ${inMs(STEP_TOLERANCE_MS)} where the first of the two was late`,
    source: 'RFC 3768 6.4.3 Adver_Timer; keepalived vrrp_scheduler.c vrrp_init_instance_sands',
    from: 'an advert',
    to: 'the next advert of the same master',
  })
}
