import type { VrrpInstance } from '../../topology/keepalived-conf/index.ts'
import { inMs, inS } from './window.ts'

/** An interval with the way it came about. */
export interface Interval {
  readonly ms: number
  readonly formula: string
}

/**
 * Skew_Time: how much longer the less preferred wait, so that the most preferred takes over first. It is the WAITING
 * router's priority that counts, not the lost master's.
 *
 * Version 2: (256 − priority) / 256 seconds, whatever the advert interval (RFC 3768, section 6.1). Version 3: the same
 * share of the master's advert interval, which the adverts carry (RFC 5798, section 6.1). Whole microseconds, rounded
 * down, as keepalived computes them (include/vrrp.h, VRRP_TIMER_SKEW_CALC).
 */
export function skewTime(waiting: VrrpInstance, master: VrrpInstance): Interval {
  const share = 256 - waiting.priority
  if (waiting.version === 2) {
    const ms = Math.floor((share * 1_000_000) / 256) / 1000
    return { ms, formula: `(256 − ${waiting.priority}) / 256 s` }
  }
  const advertCs = Math.floor(master.advertIntS * 100)
  const ms = Math.floor((share * advertCs * 625) / 16) / 1000
  return { ms, formula: `(256 − ${waiting.priority}) / 256 × ${inS(master.advertIntS)}` }
}

/**
 * Master_Down_Interval: how long a backup hears nothing before it takes over. 3 × the advert interval + Skew_Time
 * (RFC 3768 and RFC 5798, section 6.1); keepalived can be told another number than 3 (`down_timer_adverts`).
 */
export function masterDownInterval(waiting: VrrpInstance, master: VrrpInstance): Interval {
  const skew = skewTime(waiting, master)
  const advertS = heardAdvertIntS(waiting, master)
  const ms = waiting.downTimerAdverts * advertS * 1000 + skew.ms
  return { ms, formula: `${waiting.downTimerAdverts} × ${inS(advertS)} + ${skew.formula} = ${inMs(ms)}` }
}

/** Version 3 takes the interval from the adverts; version 2 drops adverts whose interval is not its own. */
function heardAdvertIntS(waiting: VrrpInstance, master: VrrpInstance): number {
  return waiting.version === 3 ? master.advertIntS : waiting.advertIntS
}
