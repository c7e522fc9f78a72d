import { DEBIAN_HZ, timerGranularityMs } from './kernel-timer.ts'
import { inMs, inS, toWindow, type Window } from './window.ts'

/**
 * How long IPVS remembers a connection after its last packet, seconds, by its state as /proc/net/ip_vs_conn names it:
 * net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_timeouts; ip_vs_proto_udp.c, udp_timeouts.
 */
export const IPVS_TIMEOUTS_S = {
  NONE: 2,
  ESTABLISHED: 900,
  SYN_SENT: 120,
  SYN_RECV: 60,
  FIN_WAIT: 120,
  TIME_WAIT: 120,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  LISTEN: 120,
  SYNACK: 120,
  UDP: 300,
} as const

export type IpvsState = keyof typeof IPVS_TIMEOUTS_S

/** `ipvsadm --set tcp tcpfin udp`, seconds; 0 leaves one as it is (ip_vs_ctl.c, ip_vs_set_timeout). */
export interface IpvsSet {
  readonly tcpS?: number
  readonly tcpFinS?: number
  readonly udpS?: number
}

/** Of one state: what `ipvsadm --set` changed, else the kernel's. The other states have no such setting. */
export function ipvsTimeoutS(state: IpvsState, { tcpS = 0, tcpFinS = 0, udpS = 0 }: IpvsSet = {}): number {
  const set = state === 'ESTABLISHED' ? tcpS : state === 'FIN_WAIT' ? tcpFinS : state === 'UDP' ? udpS : 0
  return set === 0 ? IPVS_TIMEOUTS_S[state] : set
}

/** Each packet restarts the timer with the time-out of the state that it leads to. */
export function connectionExpiry(state: IpvsState, set: IpvsSet = {}, hz = DEBIAN_HZ): Window {
  const seconds = ipvsTimeoutS(state, set)
  const granularityMs = timerGranularityMs(seconds * 1000, hz)
  return toWindow({
    name: `expiry of a connection in ${state}`,
    earliestMs: seconds * 1000,
    latestMs: seconds * 1000 + granularityMs,
    exact: `time-out of ${state} ${inS(seconds)}, + ${inMs(granularityMs)} granularity of the kernel's timers`,
    source:
      state === 'UDP'
        ? 'net/netfilter/ipvs/ip_vs_proto_udp.c udp_timeouts; ip_vs_conn.c ip_vs_conn_put; kernel/time/timer.c'
        : 'net/netfilter/ipvs/ip_vs_proto_tcp.c tcp_timeouts, set_tcp_state; ip_vs_conn.c ip_vs_conn_put; kernel/time/timer.c',
    from: 'its last packet',
    to: 'it is no longer in /proc/net/ip_vs_conn',
    steps: 2,
  })
}
