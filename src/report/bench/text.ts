import type { BenchRecord } from '../../run/bench/record.ts'
import { wrap } from '../text.ts'
import { facts, noiseLines } from './facts.ts'
import { tablesOf, type BenchTable } from './tables.ts'

const LEAST_WIDTH = 40
const LEAST_COLUMN = 14

/** The record's tables for a terminal. */
export function renderBenchText(
  record: BenchRecord,
  { width, color }: { readonly width: number; readonly color: boolean } = { width: 120, color: false },
): string {
  const bold = (text: string): string => (color ? `\u001b[1m${text}\u001b[0m` : text)
  const lines = [...facts(record).map(([name, value]) => `${name.padEnd(14)}${value}`), '']
  for (const section of record.sections) {
    const rounds = section.rounds === 1 ? 'once' : `${section.rounds} rounds`
    lines.push(bold(section.title) + `, ${rounds} in ${(section.durationMs / 1000).toFixed(0)} s`)
    for (const table of tablesOf(record, section.id)) lines.push('', ...tableLines(table, Math.max(LEAST_WIDTH, width)))
    lines.push(...section.notes.map((note) => `  ${note}`), '')
  }
  lines.push(...noiseLines(record), 'Read figures as ratios within one run: another host, or another hour, has others.')
  return lines.join('\n') + '\n'
}

/** Columns that do not fit beside each other go below, under the same rows. */
function tableLines({ title, head, rows }: BenchTable, width: number): string[] {
  const cell = (column: number): number => Math.max(...rows.map((row) => row[column]!.length))
  const words = (text: string): number => Math.max(...text.split(' ').map(({ length }) => length))
  const widths = head.map((name, column) => Math.max(words(name), cell(column), column === 0 ? 0 : LEAST_COLUMN) + 2)
  const headings = head.map((name, column) => wrap(name, widths[column]! - 2, 0))
  const [first = 0] = widths
  const blocks: number[][] = []
  let used = Infinity
  for (let column = 1; column < head.length; column++) {
    if (used + widths[column]! > width) {
      blocks.push([])
      used = first + 2
    }
    blocks.at(-1)!.push(column)
    used += widths[column]!
  }
  const line = (row: readonly string[], columns: readonly number[]): string =>
    `  ${row[0]!.padEnd(first)}${columns.map((column) => row[column]!.padStart(widths[column]!)).join('')}`
  return blocks.flatMap((columns, index) => {
    const height = Math.max(...columns.map((column) => headings[column]!.length))
    // Headings stand on the figures.
    const heading = Array.from({ length: height }, (_, row) =>
      headings.map((lines) => lines[row - height + lines.length] ?? ''),
    )
    return [
      `  ${index === 0 ? title : `${title}, continued`}`,
      ...[...heading, ...rows].map((row) => line(row, columns)),
    ]
  })
}
