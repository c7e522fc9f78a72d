import type { SourceText } from '../source-text.ts'
import { defaultInitdeadMs, defaultWarntimeMs, HEARTBEAT_DEFAULTS } from './defaults.ts'
import { NOTED_DIRECTIVES, OTHER_DIRECTIVES, READ_DIRECTIVES } from './keywords.ts'
import { type DirectiveLine, directiveLines, START, type Word } from './lines.ts'
import { isMedium, readMedium } from './medium.ts'
import type { AutoFailback, HaCf, HeartbeatConfNote } from './model.ts'
import { validateHaCf } from './validate.ts'
import { toAutoFailback, toBoolean, toMs, toPort } from './values.ts'

type Note = (word: Word, message: string) => void

/**
 * Reads ha.cf as heartbeat does (heartbeat/config.c, parse_config and init_config).
 *
 * @throws HeartbeatConfError for values with which heartbeat would not start.
 */
export function readHaCf(source: SourceText, notes: HeartbeatConfNote[]): HaCf {
  const note: Note = ({ at }, message) => notes.push({ message, file: source.file, at })
  const all = directiveLines(source)
  for (const line of all) noteDirective(line, note)
  // A directive without a value does nothing.
  const lines = all.filter(({ values }) => values.length > 0)
  const of = (name: string) => lines.filter(({ directive }) => directive.text === name)
  const time = (name: string, min: number) =>
    of(name)
      .map((line) => toMs(source, line, min))
      .at(-1)

  const deadtimeMs = time('deadtime', 0) ?? HEARTBEAT_DEFAULTS.deadtimeMs
  const conf: HaCf = {
    keepaliveMs: time('keepalive', 1) ?? HEARTBEAT_DEFAULTS.keepaliveMs,
    deadtimeMs,
    warntimeMs: time('warntime', 1) ?? defaultWarntimeMs(deadtimeMs),
    initdeadMs: time('initdead', 0) ?? defaultInitdeadMs(deadtimeMs),
    udpPort: readUdpPort(source, lines, note),
    autoFailback: readAutoFailback(source, lines),
    nodes: of('node').flatMap(({ values }) => values.map(({ text }) => text.toLowerCase())),
    media: lines.flatMap((line) => readMedium(source, line)),
  }
  const wordOf = (name: string) => of(name).at(-1)?.directive ?? START
  validateHaCf(source, conf, wordOf, lines)
  if (conf.initdeadMs < 10_000) note(wordOf('initdead'), 'heartbeat warns that initdead may be too small')
  if (conf.autoFailback === 'legacy') {
    note(wordOf('auto_failback'), 'auto_failback is "legacy", which heartbeat warns is deprecated')
  }
  return conf
}

function noteDirective({ directive, values }: DirectiveLine, note: Note): void {
  const { text } = directive
  const influence = NOTED_DIRECTIVES.get(text)
  if (influence !== undefined) note(directive, `${text} is not counted in: ${influence}`)
  else if (!isMedium(text) && !OTHER_DIRECTIVES.has(text) && !READ_DIRECTIVES.has(text)) {
    note(directive, `heartbeat 3.0.6 knows no directive "${text}" and does not start with it`)
  } else if (values.length === 0) note(directive, `${text} has no value, so heartbeat passes over it`)
  if (text === 'udp') note(directive, 'heartbeat takes "udp" for "bcast", and warns')
  if (text === 'nice_failback') note(directive, 'nice_failback is obsolete; heartbeat does not look at its value')
}

/** What is set after the first medium comes too late for it (lib/plugins/HBcomm/bcast.c, bcast_init). */
function readUdpPort(source: SourceText, lines: readonly DirectiveLine[], note: Note): number {
  const first = lines.findIndex(({ directive: { text } }) => isMedium(text) && text !== 'serial')
  let port: number = HEARTBEAT_DEFAULTS.udpPort
  lines.forEach((line, index) => {
    if (line.directive.text !== 'udpport') return
    const value = toPort(source, line)
    if (first === -1 || index < first) port = value
    else note(line.directive, 'udpport comes after the first medium, which has its port already')
  })
  return port
}

/** heartbeat/config.c, set_auto_failback and set_nice_failback, in the order of the file. */
function readAutoFailback(source: SourceText, lines: readonly DirectiveLine[]): AutoFailback {
  let state: AutoFailback = HEARTBEAT_DEFAULTS.autoFailback
  for (const line of lines) {
    if (line.directive.text === 'auto_failback') state = toAutoFailback(source, line)
    if (line.directive.text === 'nice_failback') {
      toBoolean(source, line)
      state = state === 'legacy' ? 'legacy' : 'off'
    }
  }
  return state
}
