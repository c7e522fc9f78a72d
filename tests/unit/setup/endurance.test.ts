import t from 'tap'
import { enduranceCode, lapLine, unsteady, type Lap } from '../../../scripts/lib/endurance.ts'
import type { ClaimRecord } from '../../../src/run/record.ts'
import { sampleRun } from '../report/sample-run.ts'

const [sample] = sampleRun.claims
const { reason: _reason, code: _code, ...sound } = sample!
const holds = (id: string): ClaimRecord => ({ ...sound, id, verdict: 'pass', protocolWaitMs: 60_000 })
const broken = (id: string, verdict: 'fail' | 'inconclusive'): ClaimRecord => ({
  ...holds(id),
  ...{ verdict, code: 'LVSLAB_E_WIRE_TIMEOUT', reason: 'no advert\n  came' },
})
const lap = (claims: ClaimRecord[], durationMs = 150_000): Lap => ({ record: { ...sampleRun, claims, durationMs } })

void t.test('a run in a line: verdicts that there are, time, ratio, load', async (t) => {
  const line = lapLine({ ...lap([holds('004-4'), broken('004-5', 'fail')]), loadAverage: 3.14 }, 2, 10)
  t.equal(
    line,
    'run 2 of 10: 1 pass, 1 fail · 2 min 30 s, 1.3 times what the protocols impose · load average up to 3.1',
  )
  t.match(lapLine(lap([]), 1, 1), /^run 1 of 1: nothing · 2 min 30 s$/)
})

void t.test('what did not hold each time is named with every reason', async (t) => {
  const laps = [
    lap([holds('004-4'), holds('004-5')]),
    lap([holds('004-4'), broken('004-5', 'inconclusive')]),
    lap([holds('004-4'), broken('004-5', 'fail')]),
  ]
  t.same(unsteady(laps), [
    '004-5: holds 1 of 3 times',
    '    run 2, inconclusive: LVSLAB_E_WIRE_TIMEOUT: no advert came',
    '    run 3, fail: LVSLAB_E_WIRE_TIMEOUT: no advert came',
  ])
  t.same(unsteady([lap([holds('004-4')])]), [])
})

void t.test('the worst verdict is the exit code; a run that is missing is no success', async (t) => {
  const good = lap([holds('004-4')])
  t.equal(enduranceCode([good, good], 2), 0)
  t.equal(enduranceCode([good], 2), 3)
  t.equal(enduranceCode([good, lap([broken('004-4', 'inconclusive')])], 2), 6)
  t.equal(enduranceCode([lap([broken('004-4', 'fail')])], 2), 1)
})
