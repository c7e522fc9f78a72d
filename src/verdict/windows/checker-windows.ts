import type { Checker } from '../../topology/keepalived-conf/index.ts'
import { type CheckFailure, idleTryS, tryDuration } from './check-tries.ts'
import { type CheckerRule, checkerRules, epilogOf, isKnownKind } from './checker-rules.ts'
import { eitherWindow, inS, noWindow, toWindow, type Window } from './window.ts'

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
  const { kind, retry, delayLoopS, delayBeforeRetryS } = known(checker)
  const { minS, maxS, text } = tryDuration(checker, failure)
  const tries = retry + 1
  const idleS = idleTryS(checker)
  // MISC_CHECK counts its delays from the beginning of one run to the beginning of the next; the others from an end.
  const perRetryS = kind === 'MISC_CHECK' ? Math.max(delayBeforeRetryS, maxS) : delayBeforeRetryS + maxS
  const idle = idleS === 0 ? '' : ` and connect_timeout ${inS(idleS)} of a try that heard nothing`
  return toWindow({
    name: `removal by ${kind}`,
    earliestMs: ((kind === 'MISC_CHECK' ? 1 : tries) * minS + retry * delayBeforeRetryS) * 1000,
    latestMs: (idleS + delayLoopS + retry * perRetryS + maxS) * 1000,
    exact:
      `up to delay_loop ${inS(delayLoopS)}${idle} until the next try, ${tries} ${tries === 1 ? 'try' : 'tries'} of ` +
      `${text}, ${retry} × delay_before_retry ${inS(delayBeforeRetryS)}`,
    source: `keepalived.conf(5) delay_loop, retry, delay_before_retry, ${timeoutWord(kind)}; keepalived ${removalPlace(kind)}`,
    from: 'the service fails',
    to: 'the director removes the real server (or sets its weight to 0, with inhibit_on_failure)',
    // Each try and each wait.
    steps: tries + retry + 1,
  })
}

/** The server works again: from then until the director has it back. It must have been taken out before. */
export function checkerReturn(checker: Checker, failure: CheckFailure, version: string): Window {
  const rules = checkerRules(known(checker).kind, version)
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
  // A run of MISC_CHECK that succeeds takes its time, too; and UDP_CHECK may wait for an error that does not come.
  const successS = kind === 'MISC_CHECK' ? maxS : idleTryS(checker)
  const untilNextS = kind === 'MISC_CHECK' ? Math.max(waitS, maxS) : maxS + waitS
  return toWindow({
    name: `return by ${kind}`,
    earliestMs: againS * 1000,
    latestMs: (untilNextS + successS + againS) * 1000,
    exact:
      `up to one failing try of ${text} and ${inS(waitS)} until the next${again}` +
      (successS === 0 ? '' : `, and up to ${inS(successS)} for that one to succeed`),
    source: rule.source,
    from: 'the service works again',
    to: 'the director adds the real server',
    steps: 2 + urls,
  })
}

function known(checker: Checker): Checker {
  if (isKnownKind(checker.kind)) return checker
  return noWindow(checker.kind, 'its timing has not been read in keepalived yet')
}

function timeoutWord(kind: Checker['kind']): string {
  return kind === 'MISC_CHECK' ? 'misc_timeout' : 'connect_timeout'
}

function removalPlace(kind: Checker['kind']): string {
  return kind === 'HTTP_GET' || kind === 'SSL_GET' ? 'check_http.c epilog' : epilogOf(kind)
}
