import { resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import {
  compareBenches,
  compareRuns,
  readRecord,
  renderCompareHtml,
  renderCompareText,
  replaceFile,
  type Comparison,
} from '../report/index.ts'
import { BENCH_SCHEMA, type BenchRecord } from '../run/bench/record.ts'
import type { RunRecord } from '../run/record.ts'
import { lookOf, print, printJson } from './terminal/output.ts'

export interface CompareOptions {
  readonly json: boolean
  /** Where to write a page. */
  readonly html?: string
  readonly noise?: readonly string[]
}

/**
 * Compares two runs, or two performance suites, and tells what it finds.
 * @returns whether anything is worse in the second
 * @throws UsageError `LVSLAB_E_NOISE` when the noise is not two runs, `LVSLAB_E_COMPARE_UNLIKE` when a run is held against
 * a suite; what {@link readRecord} and {@link compareBenches} throw
 */
export async function compareFiles(a: string, b: string, { json, html, noise }: CompareOptions): Promise<boolean> {
  if (noise !== undefined && noise.length !== 2) {
    throw new UsageError('LVSLAB_E_NOISE', `noise is measured between two runs, not ${noise.length}`, {
      todo: 'give two runs of the same, made on this machine: --noise A1 A2',
    })
  }
  const paths = [a, b, ...(noise ?? [])]
  const comparison = compareRecords(await Promise.all(paths.map(readRecord)), paths)
  if (html !== undefined) await replaceFile(resolve(html), renderCompareHtml(comparison))
  if (json) printJson(comparison)
  else {
    const { color, width } = lookOf()
    print(renderCompareText(comparison, { color, width: Math.min(width, 120) }))
  }
  return comparison.worse
}

function compareRecords(records: readonly (RunRecord | BenchRecord)[], paths: readonly string[]): Comparison {
  const benches = records.filter((record): record is BenchRecord => record.schema === BENCH_SCHEMA)
  const runs = records.filter((record): record is RunRecord => record.schema !== BENCH_SCHEMA)
  if (benches.length > 0 && runs.length > 0) {
    throw new UsageError('LVSLAB_E_COMPARE_UNLIKE', 'a run of claims cannot be held against a performance suite', {
      seen: records.map(({ schema }, index) => `${paths[index]!} is ${schema}`).join('\n'),
      todo: 'give two records of one kind',
    })
  }
  const [one, two, ...noise] = runs
  if (one && two) return compareRuns(one, two, pair(noise))
  const [first, second, ...others] = benches
  return compareBenches(first!, second!, pair(others))
}

function pair<T>([one, two]: readonly T[]): readonly [T, T] | undefined {
  return one === undefined || two === undefined ? undefined : [one, two]
}
