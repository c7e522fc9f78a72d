import type { CheckerKind } from '../../topology/keepalived-conf/index.ts'
import type { VersionRow } from './versions.ts'

/** What a checker does about a server that is down, as far as it decides when the server comes back. */
export interface CheckerRule {
  /**
   * How long it waits between two tries of a server that is down.
   * - `delay-loop`: delay_loop.
   * - `retries-too`: delay_loop, then `retry` further tries with delay_before_retry, and again.
   * - `longer`: the longer of delay_loop and delay_before_retry.
   */
  readonly wait: 'delay-loop' | 'retries-too' | 'longer'
  /**
   * What it takes to be up again.
   * - `one-success`: the first try that succeeds.
   * - `failed-url-then-all`: the URL that had failed, and then every URL once more, delay_loop apart.
   */
  readonly recovery: 'one-success' | 'failed-url-then-all'
  /** Where that was read. */
  readonly source: string
}

const http = (kind: string): readonly VersionRow<readonly CheckerRule[]>[] => [
  {
    // The rule came with 2.0.17 (ChangeLog, "After HTTP_GET URL failure"); read in 2.2.7, 2.3.3 and 2.3.4.
    from: '2.0.17',
    value: [
      {
        wait: 'longer',
        recovery: 'failed-url-then-all',
        source: `keepalived check_http.c epilog, timeout_epilog (${kind})`,
      },
    ],
  },
]

const tcpBefore: CheckerRule = {
  wait: 'retries-too',
  recovery: 'one-success',
  source: 'keepalived 2.2.7 check_tcp.c tcp_epilog',
}

const tcpSince: CheckerRule = {
  wait: 'delay-loop',
  recovery: 'one-success',
  source: 'keepalived 2.3.3 check_tcp.c tcp_epilog',
}

const ping: CheckerRule = {
  wait: 'delay-loop',
  recovery: 'one-success',
  source: 'keepalived check_ping.c icmp_epilog',
}

/**
 * By version. Several rules in a row: the source of those releases was not read, and lies between two that differ; any
 * of the rules is accepted.
 */
export const CHECKER_RULES: Partial<Readonly<Record<CheckerKind, readonly VersionRow<readonly CheckerRule[]>[]>>> = {
  HTTP_GET: http('HTTP_GET'),
  SSL_GET: http('SSL_GET'),
  TCP_CHECK: [
    { from: '2.0.0', before: '2.2.8', value: [tcpBefore] },
    { from: '2.2.8', before: '2.3.3', value: [tcpBefore, tcpSince] },
    { from: '2.3.3', value: [tcpSince] },
  ],
  PING_CHECK: [{ from: '2.2.0', value: [ping] }],
}
