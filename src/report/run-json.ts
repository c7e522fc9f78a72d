import type { RunRecord } from '../run/record.ts'

/** The record as run.json has it. */
export function runJson(run: RunRecord, indent = 2): string {
  return `${JSON.stringify(run, withoutInfinity, indent)}\n`
}

/* JSON has no Infinity; a window's infinite end is no end. */
function withoutInfinity(key: string, value: unknown): unknown {
  const bound = key === 'min' || key === 'max'
  return bound && typeof value === 'number' && !Number.isFinite(value) ? undefined : value
}
