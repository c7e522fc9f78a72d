import { resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { compareRuns, readRun, renderCompareHtml, renderCompareText, replaceFile } from '../report/index.ts'
import { lookOf, print, printJson } from './terminal/output.ts'

export interface CompareOptions {
  readonly json: boolean
  /** Where to write a page. */
  readonly html?: string
  readonly noise?: readonly string[]
}

/**
 * Compares two runs and tells what it finds.
 * @returns whether anything is worse in the second
 * @throws UsageError `LVSLAB_E_NOISE` when the noise is not two runs; what {@link readRun} throws
 */
export async function compareFiles(a: string, b: string, { json, html, noise }: CompareOptions): Promise<boolean> {
  if (noise !== undefined && noise.length !== 2) {
    throw new UsageError('LVSLAB_E_NOISE', `noise is measured between two runs, not ${noise.length}`, {
      todo: 'give two runs of the same, made on this machine: --noise A1 A2',
    })
  }
  const [one, two] = await Promise.all((noise ?? []).map((path) => readRun(path)))
  const comparison = compareRuns(await readRun(a), await readRun(b), one && two && [one, two])
  if (html !== undefined) await replaceFile(resolve(html), renderCompareHtml(comparison))
  if (json) printJson(comparison)
  else {
    const { color, width } = lookOf()
    print(renderCompareText(comparison, { color, width: Math.min(width, 120) }))
  }
  return comparison.worse
}
