import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { UsageError } from '../../../src/errors.ts'
import { readRun, writeReports } from '../../../src/report/index.ts'
import { sampleRun } from './sample-run.ts'

void t.test('what is written is read again, by folder and by file', async (t) => {
  const out = join(t.testdir(), 'reports', 'run')
  const { json, html } = await writeReports(sampleRun, out)
  t.strictSame(await readRun(out), sampleRun)
  t.strictSame(await readRun(json), sampleRun)
  t.strictSame(
    (await readdir(out)).toSorted(),
    ['junit.xml', 'report.html', 'run.json', 'summary.md'],
    'no temporary file is left',
  )
  t.ok((await readFile(json, 'utf8')).endsWith('\n}\n'), 'a newline at the end')
  t.match(await readFile(html, 'utf8'), /^<!doctype html>/)
})

void t.test('an infinite end of a window is no end', async (t) => {
  const [claim] = sampleRun.claims
  if (!claim) return t.fail('the sample has claims')
  const window = { min: 0, max: Infinity, formula: 'none', source: 'none' }
  const figures = [{ name: 'late', value: 1, unit: 'ms', window }]
  const { json } = await writeReports({ ...sampleRun, claims: [{ ...claim, figures }] }, t.testdir())
  t.notHas((await readRun(json)).claims[0]?.figures[0]?.window, 'max')
})

void t.test('a field that a later version added is kept', async (t) => {
  const dir = t.testdir({ 'run.json': JSON.stringify({ ...sampleRun, weather: 'fine' }) })
  t.match(await readRun(dir), { weather: 'fine' })
})

void t.test('what cannot be read says why', async (t) => {
  const dir = t.testdir({
    text: 'not json',
    old: JSON.stringify({ ...sampleRun, schema: 'lvslab.run/0' }),
    other: '[]',
    broken: JSON.stringify({
      ...sampleRun,
      claims: [{ ...sampleRun.claims[0], verdict: 'maybe' }],
    }),
    empty: {},
  })
  const codes = {
    missing: 'LVSLAB_E_RUN_NOT_FOUND',
    empty: 'LVSLAB_E_RUN_NOT_FOUND',
    text: 'LVSLAB_E_RUN_NOT_JSON',
    old: 'LVSLAB_E_RUN_VERSION',
    other: 'LVSLAB_E_RUN_VERSION',
    broken: 'LVSLAB_E_RUN_INVALID',
  }
  for (const [name, code] of Object.entries(codes)) {
    const error: unknown = await readRun(join(dir, name)).catch((reason: unknown) => reason)
    if (!(error instanceof UsageError)) return t.fail(`${name}: a UsageError`)
    t.equal(error.code, code, name)
    t.equal(error.exitCode, 2)
    t.type(error.todo, 'string')
  }
  const seen = async (name: string) => readRun(join(dir, name)).catch((reason: unknown) => (reason as UsageError).seen)
  t.match(await seen('broken'), /claims\[0\]\.verdict/)
  t.equal(await seen('old'), '"schema": "lvslab.run/0"')
})
