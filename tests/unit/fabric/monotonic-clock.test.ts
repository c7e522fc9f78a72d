import t from 'tap'
import { after } from '../../../src/clock.ts'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'

void t.test('a moment is never there too early, and one that is past is there at once', async (t) => {
  const clock = MonotonicClock.startNow()
  for (let count = 0; count < 20; count++) {
    const moment = after(clock.now(), 1 + count / 7)
    await clock.until(moment)
    t.ok(clock.now() >= moment)
  }
  const past = after(clock.now(), -1_000)
  await clock.until(past)
  t.ok(clock.now() < after(past, 3_000))
})
