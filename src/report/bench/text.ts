import type { BenchRecord } from '../../run/bench/record.ts'
export function renderBenchText(record: BenchRecord, _look?: { readonly width: number; readonly color: boolean }): string {
  return record.figures.map((f) => `${f.section} ${f.variant} ${f.name} ${f.median} ${f.unit} (${f.samples.length})\n`).join('')
}
