import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { after } from '../../src/clock.ts'
import {
  calibrate,
  handshakeBlackout,
  unplugAndPlug,
  type Calibration,
  type WatchedLoad,
} from '../../src/verdict/calibration/index.ts'

/** Needs no machines: the instrument against blackouts of known length, and instruments that are wrong on purpose. */

t.setTimeout(0)

const told = ({ figures, reason }: Calibration) =>
  [...figures.map(({ name, value }) => `${name}: ${value} ms`), reason].join('\n')

/** False, and the test is skipped, where the host was too late to decide: it must not have passed, that is all. */
function isDecided(t: Test, { verdict, reason }: Calibration): boolean {
  if (verdict === 'inconclusive') t.pass('not decided', { skip: reason ?? true })
  return verdict !== 'inconclusive'
}

void t.test('the wire reports a programmed blackout to within 2 ms, the client to within a request', async (t) => {
  const calibration = await calibrate({ blackoutsMs: [100, 500, 1000, 3000] })
  t.comment(told(calibration))
  if (!isDecided(t, calibration)) return
  t.equal(calibration.verdict, 'pass', told(calibration))
  t.equal(calibration.figures.length, 12)
  for (const { value, window, within } of calibration.figures) {
    t.ok(within && value >= window.min && value <= window.max, `${value} in ${window.min}–${window.max}`)
  }
  const atTheWire = calibration.figures.filter(({ name }) => name.endsWith('at the wire'))
  t.same(
    atTheWire.map(({ window }) => [window.min, window.max]),
    [
      [98, 102],
      [498, 502],
      [998, 1002],
      [2998, 3002],
    ],
  )
})

void t.test('a fabric that mends 150 ms late and says that it did not turns the calibration red', async (t) => {
  const cutter = {
    ...unplugAndPlug,
    mend: async (...order: Parameters<typeof unplugAndPlug.mend>) => {
      await pause(150)
      return after(await unplugAndPlug.mend(...order), -150)
    },
  }
  const calibration = await calibrate({ blackoutsMs: [100], repeats: 3, cutter })
  if (!isDecided(t, calibration)) return
  t.equal(calibration.verdict, 'fail', told(calibration))
  t.match(calibration.reason, /100 ms programmed, \d+\.\d+ ms at the wire.*off by more than the host was late/)
  t.match(calibration.reason, /by the server/, 'whose clock is not the fabric’s')
})

void t.test(
  'stamps that jump by 20 ms within the blackout turn the calibration red, for the wire alone, on a busy host too',
  async (t) => {
    const instrument = (load: WatchedLoad) => {
      const { fromMs, toMs } = handshakeBlackout(load)
      return { fromMs, toMs: toMs! + 20 }
    }
    const calibration = await calibrate({ blackoutsMs: [100], repeats: 3, instrument })
    if (!isDecided(t, calibration)) return
    t.equal(calibration.verdict, 'fail', told(calibration))
    t.match(calibration.reason, /at the wire/)
    t.notMatch(calibration.reason, /by the (client|server)/)
  },
)

void t.test('an instrument that sees no blackout turns the calibration red', async (t) => {
  const calibration = await calibrate({ blackoutsMs: [100], instrument: () => ({}) })
  if (!isDecided(t, calibration)) return
  t.equal(calibration.verdict, 'fail', told(calibration))
})
