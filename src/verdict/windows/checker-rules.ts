import type { CheckerKind } from '../../topology/keepalived-conf/index.ts'
import { type DownRule, TCP_CHECK_DOWN } from './version-table.ts'
import { forVersion, type VersionRow } from './versions.ts'

/** What a checker does about a server that is down, as far as it decides when the server comes back. */
export interface CheckerRule {
  /** How long it waits between two tries of a server that is down. */
  readonly wait: DownRule
  /**
   * What it takes to be up again.
   * - `one-success`: the first try that succeeds.
   * - `failed-url-then-all`: the URL that had failed, and then every URL once more, delay_loop apart.
   */
  readonly recovery: 'one-success' | 'failed-url-then-all'
  /** Where that was read. */
  readonly source: string
}

interface KindRules {
  /** File and function that end a try, for the removal's window too. */
  readonly epilog: string
  readonly recovery: CheckerRule['recovery']
  readonly rows: readonly VersionRow<readonly DownRule[]>[]
}

/** Releases before these were not read, or have no such checker. */
const always = (from: string, rule: DownRule): KindRules['rows'] => [{ from, value: [rule] }]

/** Read in 2.2.7, 2.3.3 and 2.3.4, which agree but for what `version-table` has. */
const KINDS: Partial<Readonly<Record<CheckerKind, KindRules>>> = {
  // The rule came with 2.0.17 (ChangeLog, "After HTTP_GET URL failure").
  HTTP_GET: {
    epilog: 'check_http.c epilog, timeout_epilog (HTTP_GET)',
    recovery: 'failed-url-then-all',
    rows: always('2.0.17', 'longer'),
  },
  SSL_GET: {
    epilog: 'check_http.c epilog, timeout_epilog (SSL_GET)',
    recovery: 'failed-url-then-all',
    rows: always('2.0.17', 'longer'),
  },
  TCP_CHECK: { epilog: 'check_tcp.c tcp_epilog', recovery: 'one-success', rows: TCP_CHECK_DOWN.rows },
  PING_CHECK: { epilog: 'check_ping.c icmp_epilog', recovery: 'one-success', rows: always('2.2.0', 'delay-loop') },
  UDP_CHECK: { epilog: 'check_udp.c udp_epilog', recovery: 'one-success', rows: always('2.2.0', 'delay-loop') },
  DNS_CHECK: { epilog: 'check_dns.c dns_final', recovery: 'one-success', rows: always('2.0.0', 'delay-loop') },
  SMTP_CHECK: {
    epilog: 'check_smtp.c smtp_final, smtp_start_check_thread',
    recovery: 'one-success',
    rows: always('2.2.0', 'retries-too'),
  },
  MISC_CHECK: {
    epilog: 'check_misc.c misc_check_child_thread',
    recovery: 'one-success',
    rows: always('2.0.0', 'delay-loop'),
  },
}

/** The kinds that have windows. */
export function isKnownKind(kind: CheckerKind): boolean {
  return KINDS[kind] !== undefined
}

/** File and function where a kind's tries end. */
export function epilogOf(kind: CheckerKind): string {
  return KINDS[kind]?.epilog ?? ''
}

/** Of a version; several where it is not known which of them it follows. */
export function checkerRules(kind: CheckerKind, version: string): CheckerRule[] {
  const rules = KINDS[kind]
  if (rules === undefined) return []
  const { epilog, recovery, rows } = rules
  return forVersion(rows, version, `return by ${kind}`).map((wait) => ({
    wait,
    recovery,
    source: `keepalived ${epilog}`,
  }))
}
