import t from 'tap'
import { fileURLToPath } from 'node:url'
import { declaredAt } from '../../support/declared-at.ts'

void t.test('a claim stands where it is declared, not where its helper is', async (t) => {
  const stack = (...frames: string[]): string => ['Error', ...frames.map((frame) => `    at ${frame}`)].join('\n')
  const helper = new URL('../../support/claim.ts', import.meta.url).href
  const test = new URL('../../documents/dr-vrrp.test.ts', import.meta.url).href
  t.strictSame(declaredAt(stack(`claim (${helper}:18:40)`, `<anonymous> (${test}:83:1)`, `${test}:1:1`)), {
    file: 'tests/documents/dr-vrrp.test.ts',
    line: 83,
  })
  t.strictSame(declaredAt(stack(`${test}?tsx=1:7:2`)), { file: 'tests/documents/dr-vrrp.test.ts', line: 7 })
  t.strictSame(declaredAt(stack(`async <anonymous> (${fileURLToPath(test)}:9:1)`))?.line, 9)
  t.equal(declaredAt(stack(`claim (${helper}:18:40)`, 'run (node:internal/x:1:2)')), undefined)
  t.equal(declaredAt(undefined), undefined)
})

void t.test('the line is that of the source', async (t) => {
  const here = declaredAt(new Error().stack)
  t.strictSame(here, { file: 'tests/unit/run/declared-at.test.ts', line: 20 })
})
