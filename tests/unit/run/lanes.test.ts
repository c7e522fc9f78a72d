import t from 'tap'
import { Lanes, lanesOf } from '../../../src/run/lanes.ts'

const GIB = 1024 ** 3

void t.test('as many clusters as cores and memory stand, at least one and at most four', async (t) => {
  t.equal(lanesOf(2, 20 * GIB), 2)
  t.equal(lanesOf(16, 64 * GIB), 4)
  t.equal(lanesOf(16, 9 * GIB), 2)
  t.equal(lanesOf(2, GIB), 1)
  t.equal(lanesOf(1, 20 * GIB), 1)
})

void t.test('jobs are begun in their order, never more at once than there are lanes', async (t) => {
  const begun: number[] = []
  let now = 0
  let most = 0
  await new Lanes(2).run([1, 2, 3, 4, 5], async (job) => {
    begun.push(job)
    most = Math.max(most, ++now)
    await new Promise((resolve) => setImmediate(resolve))
    now--
  })
  t.same(begun, [1, 2, 3, 4, 5])
  t.equal(most, 2)
})

void t.test('an error of one job ends the run', async (t) => {
  await t.rejects(
    new Lanes(1).run([1], () => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  )
})
