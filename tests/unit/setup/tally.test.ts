import t from 'tap'
import {
  add,
  closingLine,
  failedClaims,
  failedTests,
  failuresIn,
  nothing,
  tallyRun,
  tallyTap,
  withExitCode,
} from '../../../scripts/lib/tally.ts'

const good = `TAP version 14
# Subtest: tests/a.test.ts
    # Subtest: it counts
        ok 1 - one
        ok 2 - two
        1..2
    ok 1 - it counts
    ok 2 - not here # SKIP no cpio
    1..2
ok 1 - tests/a.test.ts
1..1
`

const bad = `TAP version 14
# Subtest: tests/a.test.ts
    ok 1 - fine
    # Subtest: it counts
        not ok 1 - one is two
          ---
          diff: |
            -2
            +1
          ...
        1..1
    not ok 2 - it counts
    1..2
not ok 1 - tests/a.test.ts
not ok 2 - tests/crashed.test.ts
1..2
`

void t.test('the tests of a file are counted, not its assertions', async (t) => {
  t.strictSame(tallyTap(good), { passed: 1, failed: 0, skipped: 1 })
})

void t.test('a failed test counts once, and a file that never came to its tests does too', async (t) => {
  t.strictSame(tallyTap(bad), { passed: 1, failed: 2, skipped: 0 })
})

void t.test('a stream that was cut off is a failure', async (t) => {
  t.strictSame(tallyTap(good.replace('1..1\n', '1..7\n')), { passed: 1, failed: 1, skipped: 1 })
  t.equal(tallyTap(good.slice(0, 120)).failed, 1)
  t.equal(tallyTap('').failed, 1)
})

void t.test('what failed assertions say is shown with their names', async (t) => {
  t.equal(failuresIn(good), '')
  t.match(failuresIn(bad), /✖ tests\/a\.test\.ts > it counts > one is two\n {4}diff: \|\n {6}-2\n {6}\+1/)
})

void t.test('the end of a log names each failure in a line, a claim with its reason', async (t) => {
  t.strictSame(failedTests(good), [])
  const named = failedTests(bad)
  t.match(named[0], /^tests\/a\.test\.ts > it counts > one is two$/)
  t.ok(named.some((name) => name.includes('tests/crashed.test.ts')))
  const claims = [
    { id: '004-1', verdict: 'pass' },
    { id: '000-4', verdict: 'fail', code: 'LVSLAB_E_AGENT_SILENT', reason: 'Master\n  is silent' },
    { id: '004-4', verdict: 'inconclusive', reason: 'late' },
  ]
  t.strictSame(failedClaims(JSON.stringify({ claims })), [
    '000-4 (fail): LVSLAB_E_AGENT_SILENT: Master is silent',
    '004-4 (inconclusive): late',
  ])
})

void t.test('only a passed claim counts as passed', async (t) => {
  const verdicts = ['pass', 'pass', 'fail', 'inconclusive', 'skip']
  const record = JSON.stringify({ claims: verdicts.map((verdict) => ({ verdict })) })
  t.strictSame(tallyRun(record), { passed: 2, failed: 2, skipped: 1 })
})

void t.test('a stage that failed has a failure, and only one that it told of', async (t) => {
  t.strictSame(withExitCode(nothing, 6), { passed: 0, failed: 1, skipped: 0 })
  t.strictSame(withExitCode({ passed: 1, failed: 2, skipped: 0 }, 1), { passed: 1, failed: 2, skipped: 0 })
  t.strictSame(withExitCode(nothing, 0), nothing)
})

void t.test('the closing line is what a CI reads', async (t) => {
  t.equal(closingLine({ passed: 12, failed: 0, skipped: 0 }), '12 passed, 0 failed')
  t.equal(
    closingLine(add({ passed: 1, failed: 1, skipped: 1 }, { passed: 1, failed: 0, skipped: 1 })),
    '2 passed, 1 failed, 2 skipped',
  )
})
