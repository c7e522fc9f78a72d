import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { LatenessMeter } from '../../../src/engine/vm/lateness-meter.ts'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'

const STOP_MS = 2000
/** Two periods of the meter, and what a busy host adds to a sleep. */
const TOO_MUCH_MS = 500

void t.test('a machine that is stopped for two seconds is late by them, its neighbour is not', async (t) => {
  const processes = ['stopped', 'idle'].map((name) => ({ name, child: spawn('sleep', ['60']) }))
  t.teardown(() => processes.forEach(({ child }) => child.kill('SIGKILL')))
  const clock = MonotonicClock.startNow()
  const meter = new LatenessMeter(clock, () => processes.map(({ name, child }) => ({ name, pid: child.pid })))
  t.teardown(() => meter.stop())
  await pause(600)

  const since = clock.now()
  const pid = processes[0]!.child.pid!
  process.kill(pid, 'SIGSTOP')
  const stoppedAt = clock.now()
  await pause(STOP_MS)
  process.kill(pid, 'SIGCONT')
  const stoppedMs = clock.now() - stoppedAt

  const late = await meter.longestWait(since, { machines: ['stopped'] })
  t.ok(late >= stoppedMs - 100, `${late} ms late, stopped for ${stoppedMs} ms`)
  t.ok(late <= stoppedMs + TOO_MUCH_MS, `${late} ms late, stopped for ${stoppedMs} ms`)
  t.ok((await meter.longestWait(since, { machines: ['idle'] })) < STOP_MS / 2)
  // The same two seconds, look by look.
  const stretch = await meter.longestStretch(since, { machines: ['stopped'] })
  t.ok(stretch >= 150 && stretch <= STOP_MS / 2, `${stretch} ms between two looks, one of which comes every 250 ms`)
  t.ok((await meter.longestStretch(since, { machines: ['idle'] })) < stretch)
  await pause(600)
  const later = clock.now()
  await pause(400)
  t.ok((await meter.longestWait(later, { machines: ['stopped'] })) < STOP_MS / 2, 'it runs again')
})
