import { join } from 'node:path'
import t from 'tap'
import { changesSince } from '../../../src/matrix/changes.ts'
import { exitCodeOf, judged, told } from '../../../src/matrix/judge.ts'
import { expired, knownBy, knownFailures, needless, readKnownFailures } from '../../../src/matrix/known-failures.ts'
import type { History } from '../../../src/matrix/history.ts'
import type { KnownFailure } from '../../../src/matrix/known-failures.ts'
import type { CellRecord } from '../../../src/matrix/night.ts'
import { cell, historyOf, night } from './sample-night.ts'

const TODAY = '2026-11-20'
const known = [
  { claim: '004-*', kernel: '5.10*', keepalived: '*', reason: 'weight 0', until: '2026-12-01' },
  { claim: '000-4', kernel: '*', keepalived: '*', reason: 'a race', until: '2026-11-01' },
]
const words = ({ claim, from, to }: { claim: string; from?: string | undefined; to: string }) =>
  `${claim} ${from ?? 'new'} ${to}`

void t.test('what is worse and what is better', async (t) => {
  const before = night([
    cell('6.1', 'a', { '004-1': 'pass', '004-2': 'fail', '004-3': 'pass', '004-4': 'inconclusive' }),
  ])
  const now = [
    cell('6.1', 'a', { '004-1': 'fail', '004-2': 'pass', '004-3': 'inconclusive', '004-4': 'pass', '004-5': 'fail' }),
  ]
  const { worse, better } = changesSince(historyOf(before), now, [], TODAY)
  t.same(worse.map(words), ['004-1 pass fail', '004-5 new fail'], 'a failure that nobody has seen before is news')
  t.same(better.map(words), ['004-2 fail pass'])
})

void t.test('against the last night that decided it, not one that was cut short or too busy', async (t) => {
  const decided = night([cell('6.1', 'a', { '004-1': 'fail', '004-2': 'pass' })])
  const busy = night([cell('6.1', 'a', { '004-1': 'inconclusive', '004-2': 'inconclusive' })])
  const cut = night([{ ...cell('6.1', 'a'), state: 'planned' }])
  const now = [cell('6.1', 'a', { '004-1': 'fail', '004-2': 'fail' })]
  const { worse } = changesSince(historyOf(decided, busy, cut), now, [], TODAY)
  t.same(worse.map(words), ['004-2 pass fail'])
  t.match(worse[0]?.since, /^2026-11-17/)
})

void t.test("a suite's newer kernel is held against its older one, and named", async (t) => {
  const asked = { kernel: 'bookworm', keepalived: 'a' }
  const before = night([{ ...cell('6.1.0-53', 'a', { '004-1': 'pass' }), asked }])
  const now = [{ ...cell('6.1.0-56', 'a', { '004-1': 'fail' }), asked }]
  const { worse } = changesSince(historyOf(before), now, [], TODAY)
  t.match(worse, [{ claim: '004-1', from: 'pass', to: 'fail', versions: 'kernel 6.1.0-53 → 6.1.0-56' }])
  const text = told({ ...night(now), before: '/x', worse }).join('\n')
  t.match(text, 'worse: 004-1 pass → fail (kernel 6.1.0-53 → 6.1.0-56; since 2026-11-19) in kernel-6.1.0-56')
})

void t.test('what the machine broke is no verdict', async (t) => {
  const broken = cell('6.1', 'a', { '004-1': 'fail' })
  const now = [{ ...broken, claims: broken.claims.map((one) => ({ ...one, errorKind: 'infrastructure' as const })) }]
  const before = historyOf(night([cell('6.1', 'a', { '004-1': 'pass' })]))
  t.same(changesSince(before, now, [], TODAY), { worse: [], better: [] })
  t.equal(exitCodeOf(night(now), before), 3)
  t.equal(exitCodeOf(night(now), historyOf(night(now))), 0, 'it was so before')
})

void t.test('a known failure is named, and makes nothing worse until its day', async (t) => {
  const before = night([cell('5.10', 'a', { '004-4': 'pass', '000-4': 'pass' })])
  const now = [cell('5.10', 'a', { '004-4': 'fail', '000-4': 'fail' })]
  const { worse } = changesSince(historyOf(before), now, known, TODAY)
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
  t.equal(knownBy(known, cell('6.1', 'a'), '004-4', TODAY), undefined)
  t.equal(knownBy(known, cell('5.10.0-46', 'a'), '004-4', '2026-12-02'), undefined)
  const byWish: KnownFailure[] = [{ ...known[0]!, kernel: 'bullseye' }]
  const asked = { kernel: 'bullseye', keepalived: 'a' }
  t.equal(knownBy(byWish, { ...cell('5.10.0-46', 'a'), asked }, '004-4', TODAY)?.reason, 'weight 0')
})

void t.test('a failure whose day has come counts again, also where it has been red all the time', async (t) => {
  const red = night([cell('6.1', 'a', { '000-4': 'fail' })])
  const history = historyOf(red)
  t.equal(code(red.cells, history, []), 0, 'nobody excused it: as red as before')
  t.equal(code(red.cells, history, known), 1)
  t.match(changesSince(history, red.cells, known, TODAY).worse, [{ claim: '000-4', expired: '2026-11-01: a race' }])
})

void t.test('an entry that has nothing left to excuse is told of', async (t) => {
  const cells = [cell('5.10', 'a', { '004-4': 'pass' }), cell('6.1', 'a', { '004-4': 'fail' })]
  t.same(
    needless(cells, known).map(({ claim }) => claim),
    ['004-*'],
  )
  t.same(needless([cell('5.10', 'a', { '004-4': 'inconclusive' })], known), [])
})

function code(cells: readonly CellRecord[], history: History, list: readonly KnownFailure[] = []): number {
  return exitCodeOf(judged(night(cells), history, list, TODAY), history)
}

void t.test('the exit code says whether something is worse, not whether something is red', async (t) => {
  const red = cell('6.1', 'a', { '004-1': 'fail' })
  const history = historyOf(night([red]))
  t.equal(code([red], historyOf()), 1, 'a first night')
  t.equal(code([red], history), 0, 'as red as the night before')
  t.equal(code([red], historyOf(night([cell('6.1', 'a', { '004-1': 'pass' })]))), 1)
  t.equal(code([cell('5.10', 'a', { '004-1': 'fail' })], historyOf(), known), 0, 'known from the first night on')
  t.equal(code([red, cell('6.12', 'a', { '004-1': 'fail' })], history), 1, 'a new cell that fails')
  const broken: CellRecord = { ...cell('6.1', 'a'), state: 'broken' }
  const held = cell('6.12', 'a', { '004-1': 'pass' })
  t.equal(code([broken, held], historyOf(night([held]))), 3)
  t.equal(code([broken, held], historyOf(night([broken, held]))), 0, 'it was broken before')
  t.equal(code([broken], historyOf(night([broken]))), 3, 'a night that proves nothing')
})

void t.test('a list that cannot be read says where', async (t) => {
  const folder = t.testdir({
    good: '- { claim: 004-4, reason: why, until: 2026-12-01 }\n',
    empty: '',
    'no reason': '- { claim: 004-4, until: 2026-12-01 }\n',
    'no day': '- { claim: 004-4, reason: why, until: soon }\n',
    'no such claim': '- { claim: 004-40, reason: why, until: 2026-12-01 }\n',
  })
  const claims = ['004-4', '004-5']
  t.match(await readKnownFailures(join(folder, 'good'), claims), [{ claim: '004-4', kernel: '*', keepalived: '*' }])
  t.same(await readKnownFailures(join(folder, 'empty'), claims), [])
  for (const name of ['no reason', 'no day', 'absent', 'no such claim'])
    await t.rejects(
      readKnownFailures(join(folder, name), claims),
      { code: 'LVSLAB_E_KNOWN_FAILURES', exitCode: 2 },
      name,
    )
})
