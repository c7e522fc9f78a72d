import type { SourceText } from '../source-text.ts'
import type { DirectiveLine } from './lines.ts'
import { type HeartbeatMedium, MEDIUM_KINDS, type MediumKind } from './model.ts'
import { refuse } from './values.ts'

/** heartbeat's plugins for media (lib/plugins/HBcomm), without those that ping; "udp" is the old name of bcast. */
const KINDS: ReadonlyMap<string, MediumKind> = new Map([
  ...MEDIUM_KINDS.map((kind) => [kind, kind] as const),
  ['udp', 'bcast'],
])

/** How many values follow on the line of one medium; of the others each value is a medium of its own. */
const LINE_VALUES: Partial<Readonly<Record<MediumKind, number>>> = { ucast: 2, ucast6: 2, mcast: 5, mcast6: 5 }

export function isMedium(directive: string): boolean {
  return KINDS.has(directive)
}

/** The media that a line of ha.cf opens; none where its directive is no medium. */
export function readMedium(source: SourceText, { directive, values }: DirectiveLine): HeartbeatMedium[] {
  const kind = KINDS.get(directive.text)
  if (kind === undefined) return []
  const count = LINE_VALUES[kind]
  if (count === undefined) return values.map(({ text }) => ({ kind, interface: text, args: [] }))
  const [first, ...args] = values
  if (first === undefined || values.length < count) {
    refuse(source, directive, `${directive.text} has ${values.length} of the ${count} values that it needs`)
  }
  return [{ kind, interface: first.text, args: args.map(({ text }) => text) }]
}
