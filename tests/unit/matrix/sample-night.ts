import { History } from '../../../src/matrix/history.ts'
import { NIGHT_SCHEMA, type CellRecord, type NightRecord } from '../../../src/matrix/night.ts'
import type { Verdict } from '../../../src/run/record.ts'

export function cell(
  kernelName: string,
  keepalivedName: string,
  verdicts: Readonly<Record<string, Verdict>> = {},
): CellRecord {
  return {
    id: `kernel-${kernelName}.keepalived-${keepalivedName}`,
    asked: { kernel: kernelName, keepalived: keepalivedName },
    ...{ kernel: kernelName, kernelName, keepalived: keepalivedName, keepalivedName },
    state: 'done',
    exitCode: 0,
    durationMs: 60_000,
    claims: Object.entries(verdicts).map(([id, verdict]) => ({
      ...{ id, verdict },
      figures: [{ name: 'takeover', value: 3620, unit: 'ms', within: verdict !== 'fail' }],
    })),
  }
}

export function night(cells: readonly CellRecord[], startedAt = '2026-11-20T01:00:00.000Z'): NightRecord {
  return {
    ...{ schema: NIGHT_SCHEMA, lvslab: '0.1.0', startedAt, durationMs: 120_000, selection: ['004-4'], repeat: 1 },
    cells: [...cells],
    ...{ worse: [], better: [], known: [], expired: [] },
  }
}

/** The nights before, the oldest first; each began a day after the one before it. */
export function historyOf(...nights: readonly NightRecord[]): History {
  const day = (at: number): string => `2026-11-${String(19 - nights.length + 1 + at).padStart(2, '0')}`
  return new History(
    nights.map((one, at) => ({
      folder: `/nights/${day(at)}`,
      night: { ...one, startedAt: `${day(at)}T01:00:00.000Z` },
    })),
  )
}
