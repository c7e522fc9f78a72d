import type { Checker } from '../../topology/keepalived-conf/index.ts'
import { CHECKER_RULES, type CheckerRule } from './checker-rules.ts'
import { forVersion } from './versions.ts'
import { eitherWindow, inS, noWindow, toWindow, type Window } from './window.ts'

/**
 * How a try fails, which decides how long it lasts:
 * - `refused`: the machine answers at once that nothing listens (RST): no time.
 * - `no-answer`: nothing comes back (frames lost, process stopped): the whole connect_timeout.
 * - `host-gone`: nobody answers ARP. Depending on what the director's neighbour table still holds, the kernel gives up
 *   before connect_timeout (about 3 s, net.ipv4.neigh.*.mcast_solicit) or even at once.
 */
export type CheckFailure = 'refused' | 'no-answer' | 'host-gone'

/** The first check after keepalived's start: BOOTSTRAP_DELAY, and a random part of the warm-up. */
export function firstCheck(checker: Checker): Window {
  return toWindow({
    name: `first ${checker.kind}`,
    earliestMs: 1000,
    latestMs: 1000 + checker.warmupS * 1000,
    exact: `1 s + random up to warmup ${inS(checker.warmupS)}`,
    source: 'keepalived check_api.c register_checkers_thread; lib/scheduler.h BOOTSTRAP_DELAY',
    from: 'the healthcheckers are activated',
    to: 'the first try',
  })
}

/** The server fails: from the failure until the director takes it out. */
export function checkerRemoval(checker: Checker, failure: CheckFailure): Window {
  const { kind, retry, delayLoopS, delayBeforeRetryS } = checker
  if (kind === 'PING_CHECK' && failure === 'refused') {
    noWindow('removal by PING_CHECK', 'a stopped service does not keep its machine from answering echo requests')
  }
  const { minS, maxS, text } = tryDuration(checker, failure)
  const tries = retry + 1
  const between = retry * delayBeforeRetryS
  rulesOf(kind)
  return toWindow({
    name: `removal by ${kind}`,
    earliestMs: (tries * minS + between) * 1000,
    latestMs: (delayLoopS + tries * maxS + between) * 1000,
    exact:
      `up to delay_loop ${inS(delayLoopS)} until the next try, ${tries} ${tries === 1 ? 'try' : 'tries'} of ${text}, ` +
      `${retry} × delay_before_retry ${inS(delayBeforeRetryS)}`,
    source: removalSource(kind),
    from: 'the service fails',
    to: 'the director removes the real server (or sets its weight to 0, with inhibit_on_failure)',
    // Each try and each wait.
    steps: tries + retry + 1,
  })
}

/** The server works again: from then until the director has it back. It must have been taken out before. */
export function checkerReturn(checker: Checker, failure: CheckFailure, version: string): Window {
  const table = rulesOf(checker.kind)
  const rules = forVersion(table, version, `return by ${checker.kind}`)
  return eitherWindow(rules.map((rule) => returnBy(rule, checker, failure)))
}

function returnBy(rule: CheckerRule, checker: Checker, failure: CheckFailure): Window {
  const { kind, delayLoopS, delayBeforeRetryS, fastRecovery } = checker
  // The longest wait counts; that some waits are shorter only moves the middle of the window.
  const waitS = rule.wait === 'delay-loop' ? delayLoopS : Math.max(delayLoopS, delayBeforeRetryS)
  const { maxS, text } = tryDuration(checker, failure)
  const urls = rule.recovery === 'one-success' ? 0 : Math.max(1, checker.urls.length)
  const againS = fastRecovery ? 0 : urls * delayLoopS
  const again =
    urls === 0 ? '' : `, then ${urls} × ${fastRecovery ? 'fast_recovery 0 s' : `delay_loop ${inS(delayLoopS)}`}`
  return toWindow({
    name: `return by ${kind}`,
    earliestMs: againS * 1000,
    latestMs: (maxS + waitS + againS) * 1000,
    exact: `up to one failing try of ${text} and ${inS(waitS)} until the next${again}`,
    source: rule.source,
    from: 'the service works again',
    to: 'the director adds the real server',
    steps: 2 + urls,
  })
}

function tryDuration(
  { connectTimeoutS }: Checker,
  failure: CheckFailure,
): { readonly minS: number; readonly maxS: number; readonly text: string } {
  switch (failure) {
    case 'refused':
      return { minS: 0, maxS: 0, text: '0 s (refused at once)' }
    case 'no-answer':
      return { minS: connectTimeoutS, maxS: connectTimeoutS, text: `connect_timeout ${inS(connectTimeoutS)}` }
    case 'host-gone':
      return { minS: 0, maxS: connectTimeoutS, text: `0 s to connect_timeout ${inS(connectTimeoutS)}` }
  }
}

function rulesOf(kind: Checker['kind']): NonNullable<(typeof CHECKER_RULES)[typeof kind]> {
  return CHECKER_RULES[kind] ?? noWindow(`${kind}`, 'its timing has not been read in keepalived yet')
}

function removalSource(kind: Checker['kind']): string {
  const file =
    kind === 'TCP_CHECK'
      ? 'check_tcp.c tcp_epilog'
      : kind === 'PING_CHECK'
        ? 'check_ping.c icmp_epilog'
        : 'check_http.c epilog'
  return `keepalived.conf(5) delay_loop, retry, delay_before_retry, connect_timeout; keepalived ${file}`
}
