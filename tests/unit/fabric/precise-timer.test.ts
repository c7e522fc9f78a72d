import { quantileSorted } from 'simple-statistics'
import t from 'tap'
import { after, type ClusterTime } from '../../../src/clock.ts'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'
import { PreciseTimer } from '../../../src/fabric/precise-timer.ts'

const clock = MonotonicClock.startNow()

void t.test('it calls at its moment, never before, and mostly within a tenth of a millisecond', async (t) => {
  const lateMs: number[] = []
  for (let round = 0; round < 60; round++) {
    const wanted = after(clock.now(), 0.3 + round / 6)
    const at = await new Promise<ClusterTime>((resolve) => new PreciseTimer(clock, resolve).wakeAt(wanted))
    lateMs.push(at - wanted)
  }
  lateMs.sort((a, b) => a - b)
  t.ok(lateMs[0]! >= 0)
  t.comment(
    `late by ${[0.5, 0.9, 1].map((part) => quantileSorted(lateMs, part).toFixed(3)).join(', ')} ms (50, 90, 100 %)`,
  )
  // On a machine that is busy with other things, the best show what the timer itself does.
  t.ok(quantileSorted(lateMs, 0.1) < 0.1)
})

void t.test('the earliest moment counts, and a stopped timer is silent', async (t) => {
  const calls: number[] = []
  const timer = new PreciseTimer(clock, (at) => calls.push(at))
  const start = clock.now()
  timer.wakeAt(after(start, 5000))
  timer.wakeAt(after(start, 5))
  timer.wakeAt(after(start, 50))
  while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  t.ok(calls[0]! - start < 50 + 1000, `called after ${calls[0]! - start} ms`)
  timer.wakeAt(after(clock.now(), 5))
  timer.stop()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(calls.length, 1)
})
