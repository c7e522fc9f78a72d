import t from 'tap'
import { coverageOf } from '../../../src/verdict/index.ts'

const window = { minMs: 1000, maxMs: 2000 }

void t.test('values at both ends and between cover a window', async (t) => {
  t.same(coverageOf([2000, 1000, 1500], window), {
    ...{ measured: 3, share: 1, largestGapMs: 500, lowSlackMs: 0, highSlackMs: 0, outside: 0 },
  })
})

void t.test('values in a corner leave the rest, and say how much', async (t) => {
  t.same(coverageOf([1100, 1200, 1150], window), {
    ...{ measured: 3, share: 0.1, largestGapMs: 800, lowSlackMs: 100, highSlackMs: 800, outside: 0 },
  })
})

void t.test('a value outside covers nothing, nor does a window without values', async (t) => {
  t.match(coverageOf([900, 1500, 2500], window), { share: 0, outside: 2, largestGapMs: 500, measured: 3 })
  t.match(coverageOf([], window), { share: 0, largestGapMs: 1000, lowSlackMs: 1000, highSlackMs: 1000 })
})

void t.test('a window without width is covered by what hits it', async (t) => {
  t.match(coverageOf([5], { minMs: 5, maxMs: 5 }), { share: 1, largestGapMs: 0 })
})
