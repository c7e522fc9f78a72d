import t from 'tap'
import { UsageError } from '../../../../src/errors.ts'
import { agree, alwaysSame, evenSpread, exactShares } from '../../../../src/verdict/shares/index.ts'

const map = <T>(entries: Record<string, T>): Map<string, T> => new Map(Object.entries(entries))
const seen = (text: string): string[] => text.split(' ')

void t.test('shares by weight, within the tolerance', async (t) => {
  t.match(exactShares(seen('a a a b b c'), map({ a: 3, b: 2, c: 1 }), 0), { ok: true })
  t.match(exactShares(seen('a a a b b b'), map({ a: 3, b: 2, c: 1 }), 1), { ok: true })
  const verdict = exactShares(seen('a a a b b b'), map({ a: 3, b: 2, c: 1 }), 0)
  t.equal(verdict.ok, false)
  t.equal(verdict.detail, '6 requests: a 3, b 3, c 0; b expected 2, saw 3; c expected 1, saw 0; tolerance 0')
})

void t.test('a stranger is never within the tolerance', async (t) => {
  t.match(exactShares(seen('a a a x'), map({ a: 1 }), 5), { ok: false, detail: /x expected 0, saw 1/ })
  t.match(exactShares([], map({ a: 1 }), 5), { ok: false, detail: 'no requests' })
})

void t.test('chi-square: (40-30)²/30 + 0 + (20-30)²/30 = 6.67 is over 5.99 at 5 %, under 9.21 at 1 %', async (t) => {
  const counts = map({ a: 40, b: 30, c: 20 })
  t.match(evenSpread(counts, { alpha: 0.05 }), {
    ok: false,
    detail: /chi-square 6\.67, critical 5\.99 .* error rate 5 %/,
  })
  t.match(evenSpread(counts, { alpha: 0.01 }), {
    ok: true,
    detail: /chi-square 6\.67, critical 9\.21 .* error rate 1 %/,
  })
})

void t.test('chi-square by weights', async (t) => {
  t.match(evenSpread(map({ a: 30, b: 20, c: 10 }), { alpha: 0.05, weights: map({ a: 3, b: 2, c: 1 }) }), { ok: true })
})

void t.test('chi-square of too few is no proof, and of too many servers not to be had', async (t) => {
  t.match(evenSpread(map({ a: 4, b: 4, c: 4 }), { alpha: 0.05 }), { ok: false, detail: /too few/ })
  t.throws(() => evenSpread(map({ a: 100 }), { alpha: 0.05 }), UsageError)
})

void t.test('two witnesses agree, or it is said about whom they do not', async (t) => {
  t.match(agree(map({ a: 2, b: 1 }), map({ a: 2, b: 1, c: 0 })), { ok: true })
  t.match(agree(map({ a: 2, b: 1 }), map({ a: 2, b: 2 })), { ok: false, detail: /b: client 1, kernel 2$/ })
})

void t.test('an address keeps its server', async (t) => {
  t.match(alwaysSame(map({ '192.0.2.1': ['a', 'a'], '192.0.2.2': ['b', 'b', 'b'] })), {
    ok: true,
    detail: /2 addresses, 5/,
  })
  t.match(alwaysSame(map({ '192.0.2.1': ['a', 'a', 'b'] })), {
    ok: false,
    detail: '192.0.2.1: request 3 was answered by b, the first by a',
  })
  t.match(alwaysSame(map({ '192.0.2.1': ['a'] })), { ok: false, detail: /takes 2/ })
  t.match(alwaysSame(map({})), { ok: false })
})
