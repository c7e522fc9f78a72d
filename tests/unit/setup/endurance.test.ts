import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { $ } from 'zx'
import { enduranceCode, lapLine, stateOf, unsteady, type Lap } from '../../../scripts/lib/endurance.ts'
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
    'run 2 of 10: 1 pass, 1 fail · 2\u202fmin 30\u202fs, 1.3 times what the protocols impose · load average up to 3.1',
  )
  t.match(lapLine(lap([]), 1, 1), /^run 1 of 1: nothing · 2\u202fmin 30\u202fs$/)
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

void t.test(
  'an instrument that was off is no run like the others; one that could not tell decides nothing',
  async (t) => {
    const calibrated = (verdict: 'fail' | 'inconclusive'): Lap => {
      const { record } = lap([holds('004-4')])
      const reason = '500 ms programmed, 490.26 ms at the wire'
      return { record: { ...record, calibration: { verdict, reason, figures: [], repeated: 0, durationMs: 1 } } }
    }
    t.match(lapLine(calibrated('fail'), 1, 1), /^run 1 of 1: 1 pass, the wire's times off · /)
    t.match(lapLine(calibrated('inconclusive'), 1, 1), /^run 1 of 1: 1 pass · /)
    t.same(unsteady([calibrated('inconclusive'), calibrated('fail')]), [
      "the wire's times: off 1 of 2 times",
      '    run 2, fail: 500 ms programmed, 490.26 ms at the wire',
    ])
    t.equal(enduranceCode([calibrated('inconclusive')], 1), 0)
    t.equal(enduranceCode([calibrated('fail')], 1), 3)
  },
)

void t.test('the worst verdict is the exit code; a run that is missing is no success', async (t) => {
  const good = lap([holds('004-4')])
  t.equal(enduranceCode([good, good], 2), 0)
  t.equal(enduranceCode([good], 2), 3)
  t.equal(enduranceCode([good, lap([broken('004-4', 'inconclusive')])], 2), 6)
  t.equal(enduranceCode([lap([broken('004-4', 'fail')])], 2), 1)
  const noGuest: ClaimRecord = { ...broken('004-4', 'fail'), errorKind: 'infrastructure' }
  t.equal(enduranceCode([good, lap([noGuest])], 2), 3)
})

void t.test(
  'runs of one state of the project only: what decides a verdict is part of it, a document is not',
  async (t) => {
    const folder = t.testdir({ src: { 'a.ts': 'one' }, 'README.md': 'one' })
    const git = $({ cwd: folder, quiet: true })
    const commit = async () => {
      await git`git add -A`
      await git`git -c user.name=t -c user.email=t@example.invalid commit -qm t`
    }
    await git`git init -q`
    await commit()
    const first = await stateOf(folder)
    t.match(first, /^[0-9a-f]{16}$/)
    await writeFile(join(folder, 'README.md'), 'two')
    t.equal(await stateOf(folder), first, 'a document')
    await writeFile(join(folder, 'src', 'a.ts'), 'two')
    const changed = await stateOf(folder)
    t.not(changed, first, 'a change that is not committed')
    await commit()
    t.not(await stateOf(folder), first, 'a commit')
  },
)
