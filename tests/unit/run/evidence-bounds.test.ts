import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { boundText } from '../../../src/run/evidence-bounds.ts'

void t.test('a text that is too large keeps its begin and its end, and says so between', async (t) => {
  const path = join(t.testdir(), 'console.log')
  const text = Array.from({ length: 1000 }, (_, n) => `line ${n}\n`).join('')
  await writeFile(path, text)
  t.equal(await boundText(path, 1000), 1000)
  const cut = await readFile(path, 'utf8')
  t.equal(cut.length, 1000)
  t.ok(cut.startsWith('line 0\nline 1\n'))
  t.ok(cut.endsWith('line 998\nline 999\n'))
  t.match(cut, `\n[lvslab: the file had ${text.length} bytes; its middle was cut out here]\n`)
  t.strictSame(await readdir(join(path, '..')), ['console.log'], 'nothing temporary is left')
})

void t.test('one that is not stays as it is', async (t) => {
  const path = join(t.testdir({ small: 'abc' }), 'small')
  t.equal(await boundText(path, 3), 3)
  t.equal(await readFile(path, 'utf8'), 'abc')
})
