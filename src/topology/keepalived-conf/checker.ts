import type { Block } from './block.ts'
import { CHECKER_DEFAULTS } from './defaults.ts'
import { checkerKeywords } from './keywords.ts'
import { type Checker, CHECKER_KINDS, type CheckerKind } from './model.ts'
import { type CheckTimes, readCheckTimes } from './check-times.ts'

/**
 * The checkers of a real server, in the order of the file.
 *
 * @param inherited - what its outer blocks say
 * @param virtualServerDelayLoopS - the virtual server's own delay_loop, which limits a MISC_CHECK without misc_timeout
 */
export function readCheckers(realServer: Block, inherited: CheckTimes, virtualServerDelayLoopS: number): Checker[] {
  return realServer.blocks(...CHECKER_KINDS).map((block) => readChecker(block, inherited, virtualServerDelayLoopS))
}

function readChecker(block: Block, inherited: CheckTimes, virtualServerDelayLoopS: number): Checker {
  const kind = block.statement.keyword as CheckerKind
  block.noteUnknown(checkerKeywords(kind), kind)
  const own = readCheckTimes(block)
  const isHttp = kind === 'HTTP_GET' || kind === 'SSL_GET'
  const retry = isHttp ? (own.retry ?? block.number({ min: 0, max: 2 ** 32 - 1 }, 'nb_get_retry')) : own.retry
  const times = { ...inherited, ...own }
  const defaults = CHECKER_DEFAULTS[kind]
  const connectIp = block.text('connect_ip')
  const connectPort = block.number({ min: 1, max: 65535 }, 'connect_port')
  // check_data.c, validate_check_config: the checker's own value, the real server's, the kind's default, delay_loop.
  return {
    kind,
    connectTimeoutS: times.connectTimeoutS,
    retry: retry ?? inherited.retry ?? defaults.retry,
    delayBeforeRetryS: times.delayBeforeRetryS ?? defaults.delayBeforeRetryS ?? times.delayLoopS,
    warmupS: times.warmupS ?? times.delayLoopS,
    delayLoopS: times.delayLoopS,
    fastRecovery: isHttp && block.flag('fast_recovery'),
    ...(connectIp === undefined ? {} : { connectIp }),
    ...(connectPort === undefined ? {} : { connectPort }),
    ...(kind === 'MISC_CHECK' ? { miscTimeoutS: miscTimeoutS(block) ?? virtualServerDelayLoopS } : {}),
    ...(kind === 'UDP_CHECK' ? { requireReply: block.last('require_reply') !== undefined } : {}),
    urls: block.blocks('url').map((url) => {
      const statusCodes = url
        .last('status_code')
        ?.values.map(({ text }) => text)
        .join(' ')
      return { path: url.text('path') ?? '/', ...(statusCodes === undefined ? {} : { statusCodes }) }
    }),
  }
}

/** 0 is none (check_misc.c, misc_check_thread). */
function miscTimeoutS(block: Block): number | undefined {
  const seconds = block.number({ min: 0, max: 4294, decimal: true }, 'misc_timeout')
  return seconds === 0 ? undefined : seconds
}
