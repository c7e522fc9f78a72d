import type { Timeline } from '../run/record.ts'
import { offset } from './quantity.ts'
import { oneLine, shorten, wrap } from './text.ts'
import { blackoutText, burstText, originOf, timelineRows } from './timeline-rows.ts'

type Ink = (text: string) => string

/** As much of a terminal as a table needs to know. */
export interface TableLook {
  readonly width: number
  readonly bold: Ink
  readonly dim: Ink
}

/** From so many columns on there is room for what was seen, beside what and who. */
const DETAIL_WIDTH = 96

const INDENT = 3
const MAX_KIND = 24
const MAX_WHO = 80
const MAX_LABEL = 200

/** A timeline as a table: when, what, who, and where there is room what was seen; then the blackout in words. */
export function timelineTable(timeline: Timeline, { width, bold, dim }: TableLook): string[] {
  const room = width - INDENT
  const title = wrap(oneLine(timeline.title), room).map(bold)
  const origin = originOf(timeline)
  if (origin === undefined) return [...title, dim('nothing was recorded')].map((line) => ' '.repeat(INDENT) + line)
  const rows = timelineRows(timeline, origin).map((row) => ({
    at: oneLine(offset(row.at)),
    what: [shorten(oneLine(row.kind), MAX_KIND), oneLine(burstText(row))].filter((part) => part !== '').join(' '),
    who: row.who.length === 0 ? '–' : shorten(row.who.map((name) => oneLine(name)).join(', '), MAX_WHO),
    label: shorten(row.labels.map((label) => oneLine(label)).join('; '), MAX_LABEL),
  }))
  const widest = (cells: readonly string[]): number => Math.max(0, ...cells.map((cell) => [...cell].length))
  const atWidth = widest(rows.map(({ at }) => at))
  const detailed = width >= DETAIL_WIDTH
  const rest = room - atWidth - 4
  const whatWidth = Math.min(widest(rows.map(({ what }) => what)), Math.floor(rest * 0.55), detailed ? 38 : rest)
  const whoWidth = detailed ? Math.min(widest(rows.map(({ who }) => who)), 24) : Math.max(8, rest - whatWidth)
  const labelWidth = detailed ? Math.max(8, rest - whatWidth - whoWidth - 2) : 0
  const table = rows.flatMap(({ at, what, who, label }) => {
    const cells = [
      ...[wrap(at, atWidth), wrap(what, whatWidth), wrap(who, whoWidth)],
      labelWidth === 0 ? [] : wrap(label, labelWidth),
    ]
    return Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, line) => {
      const [first = '', second = '', third = '', fourth = ''] = cells.map((cell) => cell[line] ?? '')
      const left = [first.padStart(atWidth), pad(second, whatWidth), labelWidth === 0 ? third : pad(third, whoWidth)]
      return fourth === '' ? left.join('  ').trimEnd() : `${left.join('  ')}  ${dim(fourth)}`
    })
  })
  const hole = timeline.blackout === undefined ? [] : wrap(oneLine(blackoutText(timeline.blackout)), room)
  const zero = wrap(oneLine(`0 ms is ${origin.name}`), room).map(dim)
  return [...title, ...table, ...hole, ...zero].map((line) => ' '.repeat(INDENT) + line)
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length))
}
