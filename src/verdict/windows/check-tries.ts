import type { Checker } from '../../topology/keepalived-conf/index.ts'
import { inS, noWindow } from './window.ts'

/**
 * How a try fails, which decides how long it lasts:
 * - `refused`: the machine answers at once that nothing listens (RST, or ICMP port unreachable): no time.
 * - `no-answer`: nothing comes back (frames lost, process stopped): the whole connect_timeout.
 * - `host-gone`: nobody answers ARP. Depending on what the director's neighbour table still holds, the kernel gives up
 *   before connect_timeout (about 3 s, net.ipv4.neigh.*.mcast_solicit) or even at once.
 *
 * MISC_CHECK runs a program of the operator's: whatever has failed, it takes its own time, misc_timeout at most.
 */
export type CheckFailure = 'refused' | 'no-answer' | 'host-gone'

/** How long one failing try takes. */
export interface TryDuration {
  readonly minS: number
  readonly maxS: number
  readonly text: string
}

/** @throws UsageError `LVSLAB_E_WINDOW_NONE` where a checker of this kind does not notice such a failure */
export function tryDuration(checker: Checker, failure: CheckFailure): TryDuration {
  const { kind, connectTimeoutS, miscTimeoutS: maxS = checker.delayLoopS, requireReply } = checker
  if (kind === 'MISC_CHECK') {
    return { minS: 0, maxS, text: `0 s to misc_timeout ${inS(maxS)}` }
  }
  if (kind === 'PING_CHECK' && failure === 'refused') {
    noWindow('removal by PING_CHECK', 'a stopped service does not keep its machine from answering echo requests')
  }
  if (kind === 'UDP_CHECK' && failure !== 'refused' && requireReply !== true) {
    noWindow('removal by UDP_CHECK', 'without require_reply silence is a success (layer4.c udp_socket_state)')
  }
  switch (failure) {
    case 'refused':
      return { minS: 0, maxS: 0, text: '0 s (refused at once)' }
    case 'no-answer':
      return { minS: connectTimeoutS, maxS: connectTimeoutS, text: `connect_timeout ${inS(connectTimeoutS)}` }
    case 'host-gone':
      return { minS: 0, maxS: connectTimeoutS, text: `0 s to connect_timeout ${inS(connectTimeoutS)}` }
  }
}

/**
 * The longest that a try which succeeds may take of its own doing: UDP_CHECK without require_reply waits out its
 * connect_timeout for an error that does not come.
 */
export function idleTryS({ kind, requireReply, connectTimeoutS }: Checker): number {
  return kind === 'UDP_CHECK' && requireReply !== true ? connectTimeoutS : 0
}
