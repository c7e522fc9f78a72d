import type { VrrpInstance } from '../../topology/keepalived-conf/index.ts'
import { masterDownInterval, skewTime } from './vrrp-timers.ts'
import { inMs, STEP_TOLERANCE_MS, toWindow, type Window } from './window.ts'

const RFC = { 2: 'RFC 3768', 3: 'RFC 5798' } as const

/** The master falls silent: from its last advert to the successor's first. */
export function vrrpTakeover(master: VrrpInstance, successor: VrrpInstance): Window {
  const { ms, formula } = masterDownInterval(successor, master)
  return toWindow({
    name: 'VRRP takeover after the last advert',
    earliestMs: ms,
    latestMs: ms,
    exact: formula,
    source:
      `${RFC[successor.version]} 6.1 Master_Down_Interval and 6.4.2; keepalived include/vrrp.h VRRP_MS_DOWN_TIMER, ` +
      'vrrp.c vrrp_state_backup',
    from: `the last advert of the master (priority ${master.priority})`,
    to: `the first advert of the successor (priority ${successor.priority})`,
  })
}

/** The master loses power: from the fault, which may strike anywhere between two adverts. */
export function powerCutToTakeover(master: VrrpInstance, successor: VrrpInstance): Window {
  const { ms, formula } = masterDownInterval(successor, master)
  const advertMs = master.advertIntS * 1000
  return toWindow({
    name: 'VRRP takeover after a power cut',
    // The advert that was due at the moment of the fault may have been late too, and then was never sent.
    earliestMs: ms - advertMs - STEP_TOLERANCE_MS,
    latestMs: ms,
    exact: `${formula}, less at most one advert interval (${inMs(advertMs)} + ${inMs(STEP_TOLERANCE_MS)})`,
    source: `${RFC[successor.version]} 6.1 Master_Down_Interval; the fault falls between two adverts`,
    from: 'the fault',
    to: `the first advert of the successor (priority ${successor.priority})`,
  })
}

/** The master stops cleanly and says so with an advert of priority 0: the successor waits Skew_Time only. */
export function vrrpResign(master: VrrpInstance, successor: VrrpInstance): Window {
  const { ms, formula } = skewTime(successor, master)
  return toWindow({
    name: 'VRRP takeover after a clean stop',
    earliestMs: ms,
    latestMs: ms,
    exact: `${formula} = ${inMs(ms)}`,
    source:
      `${RFC[successor.version]} 6.4.2 (priority 0: Master_Down_Timer becomes Skew_Time); keepalived vrrp.c ` +
      'vrrp_state_backup, vrrp_restore_interface',
    from: 'the last advert of the master, which has priority 0',
    to: `the first advert of the successor (priority ${successor.priority})`,
  })
}
