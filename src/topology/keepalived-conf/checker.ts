import type { Block } from './block.ts'
import { CHECKER_DEFAULTS } from './defaults.ts'
import { checkerKeywords } from './keywords.ts'
import { type Checker, CHECKER_KINDS, type CheckerKind } from './model.ts'
import { type CheckTimes, readCheckTimes } from './check-times.ts'

/** The checkers of a real server, in the order of the file. `inherited` is what its outer blocks say. */
export function readCheckers(realServer: Block, inherited: CheckTimes): Checker[] {
  return realServer.blocks(...CHECKER_KINDS).map((block) => readChecker(block, inherited))
}

function readChecker(block: Block, inherited: CheckTimes): Checker {
  const kind = block.statement.keyword as CheckerKind
  block.noteUnknown(checkerKeywords(kind), kind)
  const own = readCheckTimes(block)
  const isHttp = kind === 'HTTP_GET' || kind === 'SSL_GET'
  const retry = isHttp ? (own.retry ?? block.number({ min: 0, max: 2 ** 32 - 1 }, 'nb_get_retry')) : own.retry
  const times = { ...inherited, ...own }
  const defaults = CHECKER_DEFAULTS[kind]
  // check_data.c, validate_check_config: the checker's own value, the real server's, the kind's default, delay_loop.
  return {
    kind,
    connectTimeoutS: times.connectTimeoutS,
    retry: retry ?? inherited.retry ?? defaults.retry,
    delayBeforeRetryS: times.delayBeforeRetryS ?? defaults.delayBeforeRetryS ?? times.delayLoopS,
    warmupS: times.warmupS ?? times.delayLoopS,
    delayLoopS: times.delayLoopS,
    fastRecovery: isHttp && block.flag('fast_recovery'),
    urls: block.blocks('url').map((url) => {
      const statusCodes = url
        .last('status_code')
        ?.values.map(({ text }) => text)
        .join(' ')
      return { path: url.text('path') ?? '/', ...(statusCodes === undefined ? {} : { statusCodes }) }
    }),
  }
}
