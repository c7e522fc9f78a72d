import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRecord } from '../run/record.ts'
import { renderHtml } from './html/page.ts'

/**
 * Writes OUT/run.json and OUT/report.html, each whole or not at all (a temporary name, then a rename), making OUT when it
 * is not there. run.json comes first: a fault in drawing must not lose what was measured.
 * @returns the paths of both
 * @throws NodeJS.ErrnoException when OUT cannot be written
 */
export async function writeReports(run: RunRecord, outDir: string): Promise<{ html: string; json: string }> {
  await mkdir(outDir, { recursive: true })
  const json = join(outDir, 'run.json')
  await replace(json, `${JSON.stringify(run, withoutInfinity, 2)}\n`)
  const html = join(outDir, 'report.html')
  await replace(html, renderHtml(run))
  return { html, json }
}

/* JSON has no Infinity; a window's infinite end is no end. */
function withoutInfinity(key: string, value: unknown): unknown {
  const bound = key === 'min' || key === 'max'
  return bound && typeof value === 'number' && !Number.isFinite(value) ? undefined : value
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  try {
    await writeFile(temporary, text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
