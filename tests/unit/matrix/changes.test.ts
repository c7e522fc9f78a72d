import { join } from 'node:path'
import t from 'tap'
import { changesSince, knownFailures } from '../../../src/matrix/changes.ts'
import { expired, knownBy, readKnownFailures } from '../../../src/matrix/known-failures.ts'
import { exitCodeOf } from '../../../src/matrix/run-nightly.ts'
import { cell, night } from './sample-night.ts'

const TODAY = '2026-11-20'
const known = [
  { claim: '004-*', kernel: '5.10*', keepalived: '*', reason: 'weight 0', until: '2026-12-01' },
  { claim: '000-4', kernel: '*', keepalived: '*', reason: 'a race', until: '2026-11-01' },
]

void t.test('what is worse and what is better', async (t) => {
  const before = night([
    cell('6.1', 'a', { '004-1': 'pass', '004-2': 'fail', '004-3': 'pass', '004-4': 'inconclusive' }),
  ])
  const now = [
    cell('6.1', 'a', { '004-1': 'fail', '004-2': 'pass', '004-3': 'inconclusive', '004-4': 'pass', '004-5': 'fail' }),
  ]
  const { worse, better } = changesSince(before, now, [], TODAY)
  t.same(
    worse.map(({ claim, from, to }) => [claim, from, to]),
    [['004-1', 'pass', 'fail']],
  )
  t.same(
    better.map(({ claim, from, to }) => [claim, from, to]),
    [['004-2', 'fail', 'pass']],
  )
})

void t.test('a known failure is named, and makes nothing worse until its day', async (t) => {
  const before = night([cell('5.10', 'a', { '004-4': 'pass', '000-4': 'pass' })])
  const now = [cell('5.10', 'a', { '004-4': 'fail', '000-4': 'fail' })]
  const { worse } = changesSince(before, now, known, TODAY)
  t.same(
    worse.map(({ claim, known: why }) => [claim, why]),
    [
      ['004-4', 'weight 0'],
      ['000-4', undefined],
    ],
  )
  t.same(
    knownFailures(now, known, TODAY).map(({ claim }) => claim),
    ['004-4'],
  )
  t.same(
    expired(known, TODAY).map(({ claim }) => claim),
    ['000-4'],
  )
  t.equal(knownBy(known, { claim: '004-4', kernelName: '6.1', keepalivedName: 'a' }, TODAY), undefined)
  t.equal(knownBy(known, { claim: '004-4', kernelName: '5.10.0-46', keepalivedName: 'a' }, '2026-12-02'), undefined)
})

void t.test('the exit code says whether something is worse, not whether something is red', async (t) => {
  const red = night([cell('6.1', 'a', { '004-1': 'fail' })])
  t.equal(exitCodeOf(red, undefined), 1, 'a first night')
  t.equal(exitCodeOf(red, red), 0, 'as red as the night before')
  t.equal(exitCodeOf({ ...red, worse: [{ cell: 'x', claim: '004-1', from: 'pass', to: 'fail' }] }, red), 1)
  const excused = { cell: 'x', claim: '004-1', from: 'pass', to: 'fail', known: 'a reason' } as const
  t.equal(exitCodeOf({ ...red, worse: [excused] }, red), 0)
  const broken = night([{ ...cell('6.1', 'a'), state: 'broken' }])
  t.equal(exitCodeOf(broken, red), 3)
  t.equal(exitCodeOf(broken, broken), 0, 'it was broken before')
})

void t.test('a list that cannot be read says where', async (t) => {
  const folder = t.testdir({
    good: '- { claim: 004-4, reason: why, until: 2026-12-01 }\n',
    empty: '',
    'no reason': '- { claim: 004-4, until: 2026-12-01 }\n',
    'no day': '- { claim: 004-4, reason: why, until: soon }\n',
  })
  t.match(await readKnownFailures(join(folder, 'good')), [{ claim: '004-4', kernel: '*', keepalived: '*' }])
  t.same(await readKnownFailures(join(folder, 'empty')), [])
  for (const name of ['no reason', 'no day', 'absent'])
    await t.rejects(readKnownFailures(join(folder, name)), { code: 'LVSLAB_E_KNOWN_FAILURES' }, name)
})
