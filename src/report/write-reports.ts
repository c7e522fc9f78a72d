import { join, resolve } from 'node:path'
import type { RunRecord } from '../run/record.ts'
import { renderHtml } from './html/page.ts'
import { replaceFile } from './replace-file.ts'
import { renderJunit } from './reporters/junit.ts'
import { renderMarkdown } from './reporters/markdown.ts'
import { runJson } from './run-json.ts'

/** Paths of what every run leaves in its folder. */
export interface WrittenReports {
  readonly json: string
  readonly html: string
  readonly junit: string
  readonly markdown: string
}

/**
 * Writes OUT/run.json, report.html, junit.xml and summary.md, each whole or not at all, making OUT when it is not there.
 * run.json comes first: a fault in drawing must not lose what was measured.
 * @throws NodeJS.ErrnoException when OUT cannot be written
 */
export async function writeReports(run: RunRecord, outDir: string): Promise<WrittenReports> {
  const at = (name: string): string => join(outDir, name)
  const paths = { json: at('run.json'), html: at('report.html'), junit: at('junit.xml'), markdown: at('summary.md') }
  await replaceFile(paths.json, runJson(run))
  const place = { folder: resolve(outDir), gitlabProject: process.env['CI_PROJECT_DIR'] }
  await replaceFile(paths.junit, renderJunit(run, place))
  await replaceFile(paths.markdown, renderMarkdown(run))
  await replaceFile(paths.html, renderHtml(run))
  return paths
}
