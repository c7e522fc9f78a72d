import type { VrrpInstance } from '../../topology/keepalived-conf/index.ts'
import { GARP_REFRESH, type RefreshRule } from './version-table.ts'
import { forVersion } from './versions.ts'
import { eitherWindow, inMs, inS, noWindow, toWindow, type Window } from './window.ts'

/** A window for gratuitous ARP, with how many frames for each VIP belong to it. */
export interface GarpWindow extends Window {
  readonly framesPerVip: number
}

/** Each advert's timer starts after the work of the one before, so a row of adverts runs behind the clock. */
const ADVERT_DRIFT_MS = 10

/** A new master: gratuitous ARP for the VIP follows its first advert. */
export function garpFirstBurst(master: VrrpInstance): GarpWindow {
  const window = toWindow({
    name: 'gratuitous ARP of a new master',
    earliestMs: 0,
    latestMs: 0,
    exact: `at once, ${master.garp.masterRepeat} per VIP`,
    source: 'keepalived vrrp.c vrrp_state_master_tx (the advert goes first), vrrp_state_become_master',
    from: 'the first advert of the new master',
    to: 'its first gratuitous ARP for the VIP',
  })
  return { ...window, framesPerVip: master.garp.masterRepeat }
}

/** The second burst, for switches and hosts that missed the first. */
export function garpSecondBurst(master: VrrpInstance): GarpWindow {
  const { masterDelayS, masterRepeat } = master.garp
  if (masterDelayS === 0) noWindow('the second burst of gratuitous ARP', 'garp_master_delay is 0')
  const window = toWindow({
    name: 'second gratuitous ARP of a new master',
    earliestMs: masterDelayS * 1000,
    latestMs: masterDelayS * 1000,
    exact: `garp_master_delay ${inS(masterDelayS)}, ${masterRepeat} per VIP`,
    source: 'keepalived vrrp.c vrrp_state_master_tx, vrrp_scheduler.c vrrp_gratuitous_arp_thread',
    from: 'the first burst',
    to: 'the second burst',
  })
  return { ...window, framesPerVip: masterRepeat }
}

/**
 * The refreshes while it stays master.
 *
 * @param which `first`: from the first burst of gratuitous ARP; `next`: from one refresh to the next.
 */
export function garpRefresh(master: VrrpInstance, version: string, which: 'first' | 'next'): GarpWindow {
  const { masterRefreshS, masterRefreshRepeat } = master.garp
  if (masterRefreshS === 0) noWindow('the gratuitous ARP refresh', 'garp_master_refresh is 0')
  if (masterRefreshRepeat === 0) noWindow('the gratuitous ARP refresh', 'garp_master_refresh_repeat is 0')
  const rules = forVersion(GARP_REFRESH.rows, version, GARP_REFRESH.what)
  const window = eitherWindow(rules.map((rule) => refreshBy[rule](master, which)))
  return { ...window, framesPerVip: masterRefreshRepeat }
}

const refreshBy: Readonly<Record<RefreshRule, (master: VrrpInstance, which: 'first' | 'next') => Window>> = {
  advert: ({ garp, advertIntS }, which) => {
    const adverts = Math.ceil(garp.masterRefreshS / advertIntS)
    const ms = adverts * advertIntS * 1000
    return toWindow({
      ...common(which),
      earliestMs: ms,
      latestMs: ms + adverts * ADVERT_DRIFT_MS,
      exact:
        `first advert not before garp_master_refresh ${inS(garp.masterRefreshS)}: ${adverts} × ${inS(advertIntS)}, ` +
        `+ ${adverts} × ${inMs(ADVERT_DRIFT_MS)} drift`,
      source: 'keepalived 2.2.7 vrrp.c vrrp_state_master_tx, vrrp_state_become_master',
    })
  },
  timer: ({ garp }, which) => {
    const delayS = which === 'first' ? garp.masterDelayS : 0
    const ms = (delayS + garp.masterRefreshS) * 1000
    const delay = which === 'first' ? `garp_master_delay ${inS(delayS)} + ` : ''
    return toWindow({
      ...common(which),
      earliestMs: ms,
      latestMs: ms,
      exact: `${delay}garp_master_refresh ${inS(garp.masterRefreshS)}`,
      source: 'keepalived 2.3.3 vrrp.c vrrp_state_become_master, vrrp_scheduler.c vrrp_gratuitous_arp_refresh_thread',
    })
  },
}

function common(which: 'first' | 'next'): Pick<Window, 'name' | 'from' | 'to'> {
  return {
    name: 'gratuitous ARP refresh',
    from: which === 'first' ? 'the first burst of gratuitous ARP' : 'a refresh',
    to: which === 'first' ? 'the first refresh' : 'the next refresh',
  }
}
