import type { SourceText } from '../source-text.ts'
import type { DirectiveLine, Word } from './lines.ts'
import type { HaCf } from './model.ts'
import { refuse } from './values.ts'

/** Refuses what heartbeat would not start with (heartbeat/config.c, init_config), and the other mode of heartbeat. */
export function validateHaCf(
  source: SourceText,
  conf: HaCf,
  wordOf: (directive: string) => Word,
  lines: readonly DirectiveLine[],
): void {
  const { keepaliveMs, deadtimeMs, initdeadMs } = conf
  if (conf.nodes.length === 0) refuse(source, wordOf('node'), 'ha.cf names no nodes')
  if (conf.media.length === 0) refuse(source, wordOf('bcast'), 'ha.cf names no medium (bcast, ucast, mcast, serial)')
  if (deadtimeMs <= 2 * keepaliveMs) {
    const message = `deadtime (${deadtimeMs} ms) must be more than twice keepalive (${keepaliveMs} ms)`
    refuse(source, wordOf('deadtime'), message)
  }
  if (initdeadMs < deadtimeMs) {
    refuse(source, wordOf('initdead'), `initdead (${initdeadMs} ms) is shorter than deadtime (${deadtimeMs} ms)`)
  }
  for (const { directive, values } of lines) {
    const value = values.at(-1)?.text ?? ''
    if ((directive.text === 'crm' || directive.text === 'pacemaker') && !/^(false|off|no|n|0)$/i.test(value)) {
      refuse(source, directive, `with "${directive.text} ${value}" heartbeat does not look at haresources`)
    }
    if (directive.text === 'autojoin' && value !== 'none') {
      refuse(source, directive, `"autojoin ${value}" does not go together with haresources`)
    }
  }
}
