import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { remakeReports } from '../../../src/cli/remake-reports.ts'
import { UsageError } from '../../../src/errors.ts'
import {
  broadcast,
  mergeRuns,
  parseReporter,
  readRun,
  reportersFor,
  withDefaults,
  writeReports,
} from '../../../src/report/index.ts'
import type { RunRecord } from '../../../src/run/record.ts'
import { natTopology, sampleRun } from './sample-run.ts'

const shard = (from: number, to: number, extra: Partial<RunRecord> = {}): RunRecord => ({
  ...sampleRun,
  claims: sampleRun.claims.slice(from, to),
  ...extra,
})

function error(of: () => unknown): UsageError {
  try {
    of()
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown
  }
  throw new Error('no UsageError')
}

void t.test('shards become the one run that they are parts of', async (t) => {
  const dir = t.testdir()
  const one = shard(0, 7, { id: 'one', durationMs: 1000, phases: { boot: 400 }, verdict: 'pass' })
  const two = shard(7, 13, {
    ...{ id: 'two', durationMs: 500, phases: { boot: 100, claims: 300 }, startedAt: '2026-11-20T09:00:00.000Z' },
    topologies: [natTopology],
    interrupted: true,
  })
  await writeReports(one, join(dir, '1'))
  await writeReports(two, join(dir, '2'))
  const [page] = await remakeReports([join(dir, '1'), join(dir, '2', 'run.json')], dir, [])
  t.equal(page, join(dir, 'report.html'))
  const merged = await readRun(dir)
  t.match(merged, { id: 'one+two', durationMs: 1500, phases: { boot: 500, claims: 300 }, verdict: 'fail' })
  t.match(merged, { startedAt: '2026-11-20T09:00:00.000Z', interrupted: true })
  t.strictSame(
    merged.claims.map(({ id }) => id),
    sampleRun.claims.map(({ id }) => id),
  )
  t.strictSame(
    merged.topologies.map(({ name }) => name),
    ['dr-vrrp', 'nat-heartbeat'],
  )
  t.match(merged.parts, [
    { id: 'one', durationMs: 1000 },
    { id: 'two', host: { qemu: '7.2.22' } },
  ])
  t.match(merged.claims.find(({ id }) => id === '004-8')?.evidence[1], {
    path: '2/evidence/004-8/keepalived.journal.txt',
  })
  t.match(await readFile(page ?? '', 'utf8'), 'href="./2/evidence/004-8/keepalived.data"', 'links lead to the shards')
})

const whole = sampleRun.claims.map(({ id, topology, title, negative }) => ({ id, topology, title, negative }))
const part = (index: number, count: number, extra: Partial<RunRecord> = {}): { run: RunRecord; folder: string } => ({
  run: {
    ...shard(0, 13, { shard: { index, count, claims: whole }, ...extra }),
    claims: sampleRun.claims.filter((_, at) => at % count === index - 1),
  },
  folder: '/x',
})

void t.test('shards are the unsharded run: its claims in its order, with their verdicts', async (t) => {
  const told = ({ claims }: RunRecord) => claims.map(({ evidence: _, ...claim }) => claim)
  const merged = mergeRuns([part(3, 3), part(1, 3), part(2, 3)], '/x')
  t.strictSame(told(merged), told(sampleRun))
  t.equal(merged.verdict, sampleRun.verdict)
  t.strictSame(
    merged.topologies.map(({ name }) => name),
    [...new Set(whole.map(({ topology }) => topology))],
  )
  t.notOk('shard' in merged)
})

void t.test('a shard that is missing leaves its claims unproven, not out', async (t) => {
  const merged = mergeRuns([part(1, 3), part(3, 3)], '/x')
  t.strictSame(
    merged.claims.map(({ id }) => id),
    sampleRun.claims.map(({ id }) => id),
  )
  const lost = merged.claims.filter(({ code }) => code === 'LVSLAB_E_SHARD_MISSING')
  t.strictSame(
    lost.map(({ id }) => id),
    part(2, 3).run.claims.map(({ id }) => id),
  )
  t.match(lost[0], { verdict: 'fail', errorKind: 'infrastructure' })
})

void t.test('an instrument that was off in one shard was off', async (t) => {
  const calibration = { verdict: 'pass' as const, figures: [], repeated: 0, durationMs: 1 }
  const off = { ...calibration, verdict: 'fail' as const, reason: 'off' }
  const merged = mergeRuns([part(1, 2, { calibration }), part(2, 2, { calibration: off })], '/x')
  t.match(merged.calibration, { verdict: 'fail', reason: 'off' })
})

void t.test('a claim in two runs is refused: neither is the right one', async (t) => {
  const given = [shard(0, 5), shard(4, 9)].map((run) => ({ run, folder: '/x' }))
  const refused = error(() => mergeRuns(given, '/y'))
  t.match(refused, { code: 'LVSLAB_E_RUNS_OVERLAP', seen: '004-5', exitCode: 2 })
})

void t.test('one run may have a claim several times, and keeps it', async (t) => {
  const twice = { ...sampleRun, claims: [...sampleRun.claims, ...sampleRun.claims] }
  t.equal(mergeRuns([{ run: twice, folder: '/x' }], '/y').claims.length, 26)
})

void t.test('runs of different kernels or hosts of different kinds are refused', async (t) => {
  const host = { ...sampleRun.host, acceleration: 'kvm' as const }
  for (const [extra, seen] of [
    [{ kernel: '6.12.0' }, /kernel: 6\.1\..*, 6\.12\.0/],
    [{ host }, 'acceleration: tcg, kvm'],
  ] as const) {
    const given = [shard(0, 5), shard(5, 9, extra)].map((run) => ({ run, folder: '/x' }))
    t.match(
      error(() => mergeRuns(given, '/y')),
      { code: 'LVSLAB_E_RUNS_DIFFER', seen },
    )
  }
})

void t.test('without --out each run is remade in its own folder', async (t) => {
  const dir = t.testdir()
  await writeReports(shard(0, 3), join(dir, '1'))
  await writeReports(shard(2, 5), join(dir, '2'))
  const pages = await remakeReports([join(dir, '1'), join(dir, '2')], undefined, [])
  t.strictSame(pages, [join(dir, '1', 'report.html'), join(dir, '2', 'report.html')])
  await t.rejects(remakeReports([join(dir, '1'), join(dir, '2')], undefined, [{ name: 'tap' }]), {
    code: 'LVSLAB_E_REPORTER',
  })
})

void t.test('a reporter is a name, or a name and a file', async (t) => {
  t.strictSame(parseReporter('tap'), { name: 'tap' })
  t.strictSame(parseReporter('junit=a=b.xml'), { name: 'junit', file: 'a=b.xml' })
  for (const wrong of ['', 'xunit', 'tap='])
    t.match(
      error(() => parseReporter(wrong)),
      { code: 'LVSLAB_E_REPORTER' },
    )
})

void t.test('standard output has one reporter; the terminal where no other wants it; GitHub where it is', async (t) => {
  t.strictSame(withDefaults([], {}), [{ name: 'terminal' }])
  t.strictSame(withDefaults([{ name: 'junit', file: 'x' }], { GITHUB_ACTIONS: 'true' }), [
    { name: 'junit', file: 'x' },
    { name: 'terminal' },
    { name: 'github' },
  ])
  t.strictSame(withDefaults([{ name: 'tap' }], {}), [{ name: 'tap' }])
  const surroundings = { outDir: t.testdir(), stdout: process.stdout, env: {} }
  const two = [{ name: 'tap' as const }, { name: 'json' as const }]
  t.match(
    error(() => reportersFor(two, surroundings)),
    { code: 'LVSLAB_E_REPORTER', message: /tap and json/ },
  )
})

void t.test('a reporter that fails keeps no other from its turn, and is told of at the end', async (t) => {
  const heard: string[] = []
  const broken = {
    claimEnded: () => {
      throw new Error('no room')
    },
    runEnded: () => void heard.push('broken ended'),
  }
  const well = { claimEnded: () => void heard.push('claim'), runEnded: () => void heard.push('run') }
  const all = broadcast([broken, well])
  const [claim] = sampleRun.claims
  if (!claim) return t.fail('the sample has claims')
  all.claimEnded(claim)
  await t.rejects(Promise.resolve(all.runEnded(sampleRun)), { message: 'no room' })
  t.strictSame(heard, ['claim', 'run'])
})
