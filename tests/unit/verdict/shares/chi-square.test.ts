import { chiSquaredDistributionTable } from 'simple-statistics'
import t from 'tap'
import { chiSquareTail } from '../../../../src/verdict/shares/chi-square.ts'
import { agree, evenSpread, exactly, strictRotation } from '../../../../src/verdict/shares/index.ts'

void t.test('the tail at each critical value of the table is its level', async (t) => {
  for (const [degrees, levels] of Object.entries(chiSquaredDistributionTable)) {
    for (const alpha of [0.1, 0.05, 0.025, 0.01, 0.005] as const) {
      // The table has two decimals.
      const off = Math.abs(chiSquareTail(levels[alpha], Number(degrees)) - alpha)
      t.ok(off < 0.002, `${degrees} degrees of freedom, ${alpha}: off by ${off}`)
    }
  }
})

void t.test('what can be computed by hand', async (t) => {
  // Two degrees of freedom: e^(-x/2).
  for (const x of [0.1, 1, 5, 20]) t.ok(Math.abs(chiSquareTail(x, 2) - Math.exp(-x / 2)) < 1e-12, `${x}`)
  t.equal(chiSquareTail(0, 3), 1)
  t.ok(Math.abs(chiSquareTail(3.841459, 1) - 0.05) < 1e-6)
})

void t.test('a verdict says by which test, and how often that errs', async (t) => {
  const { test } = evenSpread(
    new Map([
      ['a', 40],
      ['b', 30],
      ['c', 20],
    ]),
    { alpha: 0.05 },
  )
  t.match(test, { name: "Pearson's chi-square", errorRate: 0.05, statistic: 6.67, p: 0.0357 })
  t.match(strictRotation(['a', 'b', 'a', 'b'], ['a', 'b']).test, { name: 'exact sequence (ip_vs_rr.c)', errorRate: 0 })
  t.match(agree(new Map([['a', 1]]), new Map([['a', 2]])), { ok: false, test: { errorRate: 0 } })
  t.match(exactly('by hand', { ok: true, detail: '' }), { test: { name: 'by hand' } })
})
