import type { SourceText } from '../source-text.ts'
import { HeartbeatConfError } from './error.ts'
import type { DirectiveLine, Word } from './lines.ts'
import type { AutoFailback } from './model.ts'

/**
 * A time: seconds, or with its unit ("1500ms", "0.5", "100000us"), rounded to whole milliseconds. A unit must touch its
 * number, for a blank parts values (cluster-glue lib/clplumbing/cl_misc.c, cl_get_msec).
 */
export function toMs(source: SourceText, line: DirectiveLine, min: number): number {
  return lastOf(source, line, (word) => {
    // Only the first two letters of a unit are compared there: "ms" and "msec" are the same.
    const match = /^(\d+\.?\d*|\.\d+)(?:(ms|us).*)?$/i.exec(word.text)
    if (match === null) refuse(source, word, `${line.directive.text} is "${word.text}", which is not a time`)
    const unit = match[2]?.toLowerCase()
    const factor = unit === 'ms' ? 1 : unit === 'us' ? 0.001 : 1000
    const ms = Math.floor(Number(match[1]) * factor + 0.5)
    if (ms < min) refuse(source, word, `${line.directive.text} is ${word.text}, less than ${min} ms`)
    return ms
  })
}

/** heartbeat/config.c, set_udpport. */
export function toPort(source: SourceText, line: DirectiveLine): number {
  return lastOf(source, line, (word) => {
    const port = /^\d+$/.test(word.text) ? Number(word.text) : 0
    if (port < 1 || port > 65_535) refuse(source, word, `udpport is "${word.text}", which is not a port`)
    return port
  })
}

/** heartbeat/config.c, set_auto_failback: a boolean or "legacy". */
export function toAutoFailback(source: SourceText, line: DirectiveLine): AutoFailback {
  return lastOf(source, line, (word) => {
    if (word.text.toLowerCase() === 'legacy') return 'legacy'
    const value = booleanOf(word)
    if (value === undefined) refuse(source, word, `auto_failback is "${word.text}", none of on, off, legacy`)
    return value ? 'on' : 'off'
  })
}

export function toBoolean(source: SourceText, line: DirectiveLine): boolean {
  return lastOf(source, line, (word) => {
    return booleanOf(word) ?? refuse(source, word, `${line.directive.text} is "${word.text}", neither on nor off`)
  })
}

/** cluster-glue lib/clplumbing/cl_misc.c, cl_str_to_boolean. */
function booleanOf({ text }: Word): boolean | undefined {
  if (/^(true|on|yes|y|1)$/i.test(text)) return true
  return /^(false|off|no|n|0)$/i.test(text) ? false : undefined
}

/** heartbeat applies the values of a line one after another: each must be valid, and the last counts. */
function lastOf<T>(source: SourceText, { directive, values }: DirectiveLine, convert: (word: Word) => T): T {
  const last = values.map(convert).at(-1)
  return last ?? refuse(source, directive, `${directive.text} has no value`)
}

export function refuse(source: SourceText, { at }: Word, message: string, todo?: string): never {
  throw new HeartbeatConfError(source, at, message, todo)
}
