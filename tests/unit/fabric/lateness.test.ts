import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { LatenessSampler } from '../../../src/fabric/lateness-sampler.ts'

const clock = { epochMs: 0, now: () => 0 as ClusterTime }
const ms = (value: number) => value as ClusterTime

void t.test('a thread that was never late has no lateness', async (t) => {
  t.same(new LatenessSampler(clock).since(), { maxMs: 0, p99Ms: 0 })
})

void t.test('lateness is asked for since a moment', async (t) => {
  const sampler = new LatenessSampler(clock)
  sampler.record(ms(10), 4)
  sampler.record(ms(20), 1)
  t.equal(sampler.since().maxMs, 4)
  t.equal(sampler.since(ms(11)).maxMs, 1)
})

void t.test('a stall counts for as long as it lasted, not as one late timer', async (t) => {
  const sampler = new LatenessSampler(clock)
  for (let index = 0; index < 500; index++) sampler.record(ms(index * 5), 0)
  sampler.record(ms(3000), 500)
  const { maxMs, p99Ms } = sampler.since()
  t.equal(maxMs, 500)
  t.ok(p99Ms > 450, `p99 ${p99Ms}`)
})

void t.test('the maximum is remembered when its sample is not', async (t) => {
  const sampler = new LatenessSampler(clock)
  sampler.record(ms(1), 3)
  for (let index = 0; index < 300_000; index++) sampler.record(ms(100 + index), 1)
  t.equal(sampler.since().maxMs, 3)
  t.equal(sampler.since(ms(50)).maxMs, 3)
  t.equal(sampler.since(ms(200_000)).maxMs, 1)
})
