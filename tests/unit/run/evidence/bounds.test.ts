import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { allowances, boundText } from '../../../../src/run/evidence/bounds.ts'

void t.test('a text that is too large keeps its begin and its end, and says so between', async (t) => {
  const path = join(t.testdir(), 'console.log')
  const text = Array.from({ length: 1000 }, (_, n) => `line ${n}\n`).join('')
  await writeFile(path, text)
  const what = `the file had ${text.length} bytes; its middle was cut out`
  t.same(await boundText(path, 1000), { bytes: 1000, note: what })
  const cut = await readFile(path, 'utf8')
  t.equal(cut.length, 1000)
  t.ok(cut.startsWith('line 0\nline 1\n'))
  t.ok(cut.endsWith('line 998\nline 999\n'))
  t.match(cut, `\n[lvslab: ${what} here]\n`)
  t.strictSame(await readdir(join(path, '..')), ['console.log'], 'nothing temporary is left')
})

void t.test('one that is not stays as it is', async (t) => {
  const path = join(t.testdir({ small: 'abc' }), 'small')
  t.same(await boundText(path, 3), { bytes: 3 })
  t.equal(await readFile(path, 'utf8'), 'abc')
})

void t.test('small files stay whole, large ones share what is left', async (t) => {
  const of = (...sizes: number[]) => sizes.map((bytes) => ({ bytes, limit: 100 }))
  t.same(allowances(of(10, 20, 30), 1000), [10, 20, 30], 'room for all')
  t.same(allowances(of(10, 500, 30), 1000), [10, 100, 30], "a file's own limit")
  t.same(allowances(of(90, 10, 100, 100), 210), [66, 10, 67, 67], 'the whole: 10 stay, and 200 are shared by three')
  t.same(allowances([], 10), [])
})
