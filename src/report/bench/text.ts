import type { BenchRecord } from '../../run/bench/record.ts'
import { facts, noiseLines } from './facts.ts'
import { tablesOf, type BenchTable } from './tables.ts'

const LEAST_WIDTH = 40

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
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)) + 2)
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
  return blocks.flatMap((columns, index) => [
    `  ${index === 0 ? title : `${title}, continued`}`,
    ...[head, ...rows].map((row) => line(row, columns)),
  ])
}
