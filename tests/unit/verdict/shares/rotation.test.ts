import t from 'tap'
import { UsageError } from '../../../../src/errors.ts'
import { strictRotation, wholePeriods } from '../../../../src/verdict/shares/index.ts'

const seen = (text: string): string[] => text.split(' ')

void t.test('a rotation may begin anywhere and end in the middle', async (t) => {
  t.match(strictRotation(seen('b c a b c a b'), ['a', 'b', 'c']), { ok: true, detail: '7 requests: b c a, repeated' })
})

void t.test('a rotation that slips is shown where it slips', async (t) => {
  const verdict = strictRotation(seen('b c a b a c b c a'), ['a', 'b', 'c'])
  t.equal(verdict.ok, false)
  t.equal(verdict.detail, 'request 5: expected c, saw a (b c a b [a] c b c a); the first round was b c a')
})

void t.test('a rotation in which a server is missing, or a stranger answers, is none', async (t) => {
  t.match(strictRotation(seen('a b a b a b'), ['a', 'b', 'c']), { ok: false, detail: /^request 3: expected c, saw a/ })
  t.match(strictRotation(seen('a x b a x b'), ['a', 'b', 'c']), {
    ok: false,
    detail: /^request 2: expected b or c, saw x/,
  })
})

void t.test('one round proves no rotation', async (t) => {
  t.match(strictRotation(seen('a b c a b'), ['a', 'b', 'c']), {
    ok: false,
    detail: /5 requests are too few .* it takes 6/,
  })
})

const weights = new Map(Object.entries({ a: 3, b: 2, c: 1 }))

void t.test('whole periods of wrr in any rotation, for some order of the table', async (t) => {
  for (const text of ['a b a c b a a b a c b a', 'c b a a b a c b a a b a c', 'a a b a b c a a b a b c']) {
    t.match(wholePeriods(seen(text), weights), { ok: true }, text)
  }
})

void t.test('when the order of the table is known, only its round will do', async (t) => {
  const tableOrder = ['c', 'b', 'a']
  t.match(wholePeriods(seen('c b a a b a c b a a b a'), weights, { tableOrder }), { ok: true })
  const other = wholePeriods(seen('a b c a a b a b c a a b'), weights, { tableOrder })
  t.match(other, { ok: false, detail: /^the counts are right, the order is not: request \d+: expected/ })
  t.match(other.detail, /the nearest round is a b a c b a/)
})

void t.test('weights with a common divisor have the shorter period; weight 0 has no part', async (t) => {
  const scaled = new Map(Object.entries({ a: 30, b: 20, c: 10, d: 0 }))
  t.match(wholePeriods(seen('a b a c b a a b a c b a'), scaled), { ok: true })
})

void t.test('a wrong count is shown with its window', async (t) => {
  t.match(wholePeriods(seen('a b a c b a a b a c b b'), weights), {
    ok: false,
    detail: /^requests 7 to 12: expected a 3, b 2, c 1, saw a 2, b 3, c 1/,
  })
})

void t.test('right counts in an order that no table gives are not wrr', async (t) => {
  t.match(wholePeriods(seen('a a a b b c a a a b b c'), weights), { ok: false, detail: /the order is not/ })
})

void t.test('too few requests, and orders that cannot be, are said', async (t) => {
  t.match(wholePeriods(seen('a b a c b a'), weights), { ok: false, detail: /it takes 12/ })
  t.throws(() => wholePeriods(seen('a b a c b a a b a c b a'), weights, { tableOrder: ['a', 'b'] }), UsageError)
})
