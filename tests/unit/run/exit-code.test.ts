import t from 'tap'
import { ExitCode } from '../../../src/errors.ts'
import { exitCodeOf } from '../../../src/run/exit-code.ts'
import type { CalibrationRecord, ClaimRecord, Verdict } from '../../../src/run/record.ts'
import { sampleRun } from '../report/sample-run.ts'

const claim = (verdict: Verdict, errorKind?: NonNullable<ClaimRecord['errorKind']>): ClaimRecord => {
  const { errorKind: _kind, ...sample } = sampleRun.claims[0]!
  return { ...sample, verdict, ...(errorKind === undefined ? {} : { errorKind }) }
}
const code = (claims: ClaimRecord[], verdict: CalibrationRecord['verdict'] = 'pass') => exitCodeOf(claims, { verdict })

void t.test('the exit code is what the claims amount to', async (t) => {
  t.equal(code([claim('pass'), claim('skip')]), ExitCode.pass)
  t.equal(code([claim('pass'), claim('inconclusive')]), ExitCode.inconclusive)
  t.equal(code([claim('inconclusive'), claim('fail')]), ExitCode.claimFailed)
  t.equal(code([claim('fail', 'infrastructure'), claim('fail', 'assertion')]), ExitCode.claimFailed)
  t.equal(code([claim('fail', 'infrastructure'), claim('fail', 'usage')]), ExitCode.infrastructure)
  t.equal(code([claim('fail', 'usage')]), ExitCode.usage)
  t.equal(code([claim('fail', 'prerequisite')]), ExitCode.prerequisite)
})

void t.test('with an instrument that is off nothing passes, and what failed has failed', async (t) => {
  t.equal(code([claim('pass')], 'fail'), ExitCode.infrastructure)
  t.equal(code([claim('inconclusive')], 'fail'), ExitCode.infrastructure)
  t.equal(code([claim('fail')], 'fail'), ExitCode.claimFailed)
  t.equal(code([claim('pass')], 'inconclusive'), ExitCode.pass)
})
