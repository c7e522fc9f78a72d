import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { LatenessSampler } from '../../../src/fabric/lateness-sampler.ts'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'

const clock = { epochMs: 0, now: () => 0 as ClusterTime, until: () => Promise.resolve() }
const ms = (value: number) => value as ClusterTime

void t.test('a thread that was never late has no lateness', async (t) => {
  t.same(new LatenessSampler(clock).since(), { maxMs: 0, p99Ms: 0 })
})

void t.test('lateness is asked for since a moment', async (t) => {
  const sampler = new LatenessSampler(clock)
  sampler.record(ms(10), 4)
  sampler.record(ms(15), 0)
  sampler.record(ms(20), 1)
  t.equal(sampler.since().maxMs, 4)
  t.equal(sampler.since(ms(16)).maxMs, 1)
})

void t.test('a frame that is stamped right after a stall has waited for its end', async (t) => {
  const sampler = new LatenessSampler(clock)
  sampler.record(ms(2000), 1900)
  t.equal(sampler.since(ms(2000.3)).maxMs, 1900)
  sampler.record(ms(2005), 0)
  t.equal(sampler.since(ms(2000.3)).maxMs, 1900)
  t.equal(sampler.since(ms(2006)).maxMs, 0)
})

void t.test('what was late after the last stamp excuses nothing', async (t) => {
  const sampler = new LatenessSampler(clock)
  sampler.record(ms(0), 0)
  sampler.record(ms(10), 0)
  sampler.record(ms(2015), 2000)
  t.equal(sampler.since(ms(1), ms(5)).maxMs, 0)
  t.equal(sampler.since(ms(1), ms(12)).maxMs, 2000)
  t.equal(sampler.since(ms(1), ms(2015.2)).maxMs, 2000)
})

void t.test('a stall counts before the timer that is to notice it had its turn', async (t) => {
  const real = MonotonicClock.startNow()
  const sampler = new LatenessSampler(real)
  sampler.start()
  const since = real.now()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  const { maxMs } = sampler.since(since)
  sampler.stop()
  t.ok(maxMs >= 90, `${maxMs} ms`)
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
