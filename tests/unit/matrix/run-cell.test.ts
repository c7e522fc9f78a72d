import t from 'tap'
import { lastWords, outcome } from '../../../src/matrix/run-cell.ts'
import type { ClaimRecord, RunRecord } from '../../../src/run/record.ts'
import { sampleRun } from '../report/sample-run.ts'

const [first] = sampleRun.claims
function claim(extra: Partial<ClaimRecord>): ClaimRecord {
  const { errorKind: _, reason: __, ...rest } = first!
  return { ...rest, figures: [], verdict: 'pass', ...extra }
}
const run = (claims: readonly ClaimRecord[], extra: Partial<RunRecord> = {}): RunRecord => ({
  ...sampleRun,
  ...extra,
  claims,
})
const takeover = (value: number, within: boolean) => ({ name: 'takeover', value, unit: 'ms', within })

void t.test('medians over the repetitions, and each of them', async (t) => {
  const values = [3610, 3650, 3620]
  const { claims } = outcome(run(values.map((value) => claim({ figures: [takeover(value, true)] }))))
  t.strictSame(claims[0]?.figures, [{ name: 'takeover', value: 3620, unit: 'ms', samples: values, within: true }])
})

void t.test('what an inconclusive claim missed is not outside its window', async (t) => {
  const late = claim({ verdict: 'inconclusive', figures: [takeover(3700, false)] })
  t.notOk('within' in outcome(run([late])).claims[0]!.figures[0]!)
  const wrong = claim({ verdict: 'fail', errorKind: 'assertion', figures: [takeover(3700, false)] })
  t.equal(outcome(run([wrong])).claims[0]?.figures[0]?.within, false)
})

void t.test('what the machine broke is told from what the cluster did', async (t) => {
  const broken = claim({ verdict: 'fail', errorKind: 'infrastructure', reason: 'no disk' })
  t.match(outcome(run([broken])).claims, [{ verdict: 'fail', errorKind: 'infrastructure', reason: 'no disk' }])
  const [once] = outcome(run([broken, claim({})])).claims
  t.match(once, { verdict: 'pass' }, 'another repetition came to a verdict')
  t.notOk('errorKind' in once!)
  const [failed] = outcome(run([broken, claim({ verdict: 'fail', errorKind: 'assertion' })])).claims
  t.notOk('errorKind' in failed!, 'a failed assertion is a verdict')
})

void t.test('a run whose instrument was off is no result', async (t) => {
  const calibration = { verdict: 'fail' as const, reason: '3 ms off', figures: [], repeated: 0, durationMs: 1 }
  t.match(outcome(run([claim({})], { calibration })), { state: 'broken', reason: /3 ms off/, claims: { length: 0 } })
  t.match(outcome(run([claim({})], { calibration: { ...calibration, verdict: 'inconclusive' } })), { state: 'done' })
})

void t.test('the last words are the error, where there is one', async (t) => {
  const said = ['1 s  building', 'LVSLAB_E_MIRROR_UNREACHABLE: no mirror', '  saw: no route'].join('\n')
  t.equal(lastWords(said), 'LVSLAB_E_MIRROR_UNREACHABLE: no mirror\n  saw: no route')
  t.equal(lastWords('a\nb\n'), 'a\nb')
})
