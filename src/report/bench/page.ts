import type { BenchRecord } from '../../run/bench/record.ts'
export function renderBenchHtml(record: BenchRecord): string {
  return `<pre>${JSON.stringify(record)}</pre>`
}
