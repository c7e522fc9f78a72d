import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { LatenessMeter } from '../../../src/engine/vm/lateness-meter.ts'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'

/** A meter over one process that does nothing. */
async function meterOf(
  t: Test,
  pid = sleeper(t),
): Promise<{ meter: LatenessMeter; clock: MonotonicClock; pid: number }> {
  const clock = MonotonicClock.startNow()
  const meter = new LatenessMeter(clock, () => [
    { name: 'one', pid },
    { name: 'off', pid: undefined },
  ])
  t.teardown(() => meter.stop())
  await pause(300)
  return { meter, clock, pid }
}

function sleeper(t: Test): number {
  const child = spawn('sleep', ['30'], { stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  return child.pid!
}

void t.test('a process that a signal stops is late for that long', async (t) => {
  const { meter, clock, pid } = await meterOf(t)
  const since = clock.now()
  process.kill(pid, 'SIGSTOP')
  await pause(700)
  process.kill(pid, 'SIGCONT')
  const stoppedMs = clock.now() - since
  await pause(600)
  const late = await meter.longestWait(since)
  t.ok(late >= stoppedMs - 5, `${late} ms, at least ${stoppedMs}`)
  t.ok(late < stoppedMs + 750, `${late} ms, at most two periods more than ${stoppedMs}`)
  t.ok((await meter.longestWait(since, { machines: ['off'] })) === 0, 'the others are not')
  const after = clock.now()
  await pause(300)
  t.ok((await meter.longestWait(after)) < 50, 'what is over is over')
})

void t.test('a process that sleeps by itself is not late', async (t) => {
  const { meter, clock } = await meterOf(t)
  const since = clock.now()
  await pause(600)
  t.ok((await meter.longestWait(since)) < 100)
})
