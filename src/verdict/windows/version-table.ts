import type { VersionRow } from './versions.ts'

/**
 * Where releases of keepalived differ in what a window follows from: the one table of it. Windows ask it by version, and
 * no test has an `if` for one.
 */
export interface Difference<T> {
  readonly what: string
  /** File and function, and where the change was discussed. */
  readonly source: string
  readonly thread?: string
  /** Several rules in a row: releases between two that were read, and differ. Any of the rules is accepted. */
  readonly rows: readonly VersionRow<readonly T[]>[]
}

/**
 * How a checker goes on with a server that is down.
 * - `delay-loop`: it tries every delay_loop.
 * - `retries-too`: delay_loop, then `retry` further tries with delay_before_retry, and again.
 * - `longer`: every delay_loop or delay_before_retry, whichever is longer.
 */
export type DownRule = 'delay-loop' | 'retries-too' | 'longer'

/** `advert`: a refresh goes out with an advert. `timer`: by a timer, whose first run waits for garp_master_delay too. */
export type RefreshRule = 'advert' | 'timer'

/** A tracked script that still runs when it is due again: it is run once more beside that, or this run is left out. */
export type OverdueScript = 'runs-beside' | 'left-out'

/** How a checker closes its connection: it may wait for the server's ACK (SO_LINGER), or it does not. */
export interface CheckerClose {
  readonly blocksUpToMs: number
}

export const TCP_CHECK_DOWN: Difference<DownRule> = {
  what: 'how TCP_CHECK tries a server that is down',
  source: 'keepalived check_tcp.c tcp_epilog',
  rows: [
    { from: '2.0.0', before: '2.2.8', value: ['retries-too'] },
    { from: '2.2.8', before: '2.3.3', value: ['retries-too', 'delay-loop'] },
    { from: '2.3.3', value: ['delay-loop'] },
  ],
}

/**
 * The timer of 2.3.3 and 2.3.4 is not cancelled when the node gives the VIP up, and each new mastership of the same
 * process starts another: such a node refreshes more often than it was told, and its windows count from the start of
 * the process's first mastership only.
 */
export const GARP_REFRESH: Difference<RefreshRule> = {
  what: 'gratuitous ARP refresh',
  source: 'keepalived 2.2.7 vrrp.c vrrp_state_master_tx; 2.3.3 vrrp_scheduler.c vrrp_gratuitous_arp_refresh_thread',
  rows: [
    { from: '2.1.0', before: '2.2.8', value: ['advert'] },
    { from: '2.2.8', before: '2.3.3', value: ['advert', 'timer'] },
    { from: '2.3.3', value: ['timer'] },
  ],
}

/** 2.2.7 logs "skipping run" and runs it all the same. */
export const OVERDUE_SCRIPT: Difference<OverdueScript> = {
  what: 'what becomes of a tracked script that is due while it still runs',
  source: 'keepalived vrrp_scheduler.c vrrp_script_thread',
  rows: [
    { from: '2.0.0', before: '2.2.8', value: ['runs-beside'] },
    { from: '2.2.8', before: '2.3.3', value: ['runs-beside', 'left-out'] },
    { from: '2.3.3', value: ['left-out'] },
  ],
}

/**
 * While one close waits, the whole checker process does: every check is late by as much. No window has it, for it takes a
 * server that acknowledges no FIN; a probe that comes late by no more is not held against such a version where the wire
 * shows a FIN that was sent again.
 */
export const CHECKER_CLOSE: Difference<CheckerClose> = {
  what: 'whether closing a connection blocks the checker',
  source: 'keepalived 2.2.7 layer4.c socket_bind_connect (l_linger 5); absent in 2.3.3',
  thread: 'https://github.com/acassen/keepalived/issues/2271',
  rows: [
    { from: '2.0.0', before: '2.3.2', value: [{ blocksUpToMs: 5000 }] },
    { from: '2.3.2', value: [{ blocksUpToMs: 0 }] },
  ],
}

/** All of them, for who lists what is known. */
export const DIFFERENCES: readonly Difference<unknown>[] = [TCP_CHECK_DOWN, GARP_REFRESH, OVERDUE_SCRIPT, CHECKER_CLOSE]
