import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readMatrix } from '../../../src/matrix/matrix-file.ts'
import { planNight, type NightlyOptions } from '../../../src/matrix/plan-night.ts'
import { tellPlan } from '../../../src/matrix/tell-plan.ts'
import { cell, night } from './sample-night.ts'

// Kernels and keepaliveds of one's own are planned without a mirror.
const FILES = {
  linux: { bzImage: '', lib: { modules: {} } },
  other: { bzImage: '', lib: { modules: {} } },
  'keepalived_9.deb': '',
}

const quiet = (): void => undefined

void t.test("a matrix from a file: words as they are written, paths from the file's own folder", async (t) => {
  const folder = t.testdir({
    'night.yaml': `
kernels: [5.10, bookworm, ./linux/bzImage]
keepaliveds: [2.10]
claims: [004-4]
repeat: 3
known: known.yaml
`,
    'wrong.yaml': 'kernel: [5.10]\n',
    'none.yaml': 'kernels: []\n',
  })
  t.same(await readMatrix(join(folder, 'night.yaml')), {
    kernels: ['5.10', 'bookworm', join(folder, 'linux', 'bzImage')],
    keepaliveds: ['2.10'],
    claims: ['004-4'],
    repeat: 3,
    known: join(folder, 'known.yaml'),
  })
  for (const name of ['wrong.yaml', 'none.yaml', 'absent.yaml'])
    await t.rejects(readMatrix(join(folder, name)), { code: 'LVSLAB_E_MATRIX', exitCode: 2 }, name)
})

void t.test('flags take the place of what the file says', async (t) => {
  const folder = t.testdir({
    ...FILES,
    'night.yaml': `
kernels: [./linux/bzImage, ./other/bzImage]
keepaliveds: [./keepalived_9.deb]
claims: [004-4]
repeat: 3
`,
  })
  const options: NightlyOptions = {
    ...{ matrix: join(folder, 'night.yaml'), out: join(folder, 'nights', 'one'), say: quiet },
    ...{ selection: ['004-5'], repeat: 2 },
  }
  const { night: planned } = await planNight(options)
  t.match(planned, { selection: ['004-5'], repeat: 2 })
  t.same(
    planned.cells.map(({ kernelName, keepalivedName, state }) => [kernelName, keepalivedName, state]),
    ['linux', 'other'].map((name) => [join(folder, name, 'bzImage'), 'keepalived_9.deb', 'planned']),
    'two kernels of one name are told apart',
  )
})

void t.test('a mistake is told before the first machine boots', async (t) => {
  const folder = t.testdir(FILES)
  const options = { out: join(folder, 'nights', 'one'), say: quiet, keepaliveds: [join(folder, 'keepalived_9.deb')] }
  await t.rejects(planNight({ ...options, selection: ['004-99'] }), { code: 'LVSLAB_E_NOTHING_MATCHED', exitCode: 5 })
  await t.rejects(planNight({ ...options, selection: ['004-4'], kernels: ['./nowhere/bzImage'] }), {
    code: 'LVSLAB_E_FILE_UNKNOWN',
    exitCode: 2,
  })
})

void t.test('a night that was begun goes on as it was begun, and as nothing else', async (t) => {
  const folder = t.testdir()
  const begun = night([{ ...cell('6.1', 'a'), state: 'planned' }])
  await mkdir(join(folder, 'one'))
  await writeFile(join(folder, 'one', 'nightly.json'), JSON.stringify(begun))
  const options = { out: join(folder, 'one'), say: quiet }
  t.match((await planNight({ ...options, selection: [] })).night, { repeat: 1, selection: ['004-4'] })
  t.match((await planNight({ ...options, selection: ['004-4'], repeat: 1 })).night, { cells: [{ kernelName: '6.1' }] })
  for (const other of [{ selection: ['004-5'] }, { selection: [], repeat: 2 }, { selection: [], grep: 'x' }])
    await t.rejects(planNight({ ...options, ...other }), { code: 'LVSLAB_E_NIGHT_DIFFERS', exitCode: 2 })
})

void t.test('what a dry run tells', async (t) => {
  const folder = t.testdir(FILES)
  const kernels = ['linux', 'other'].map((name) => join(folder, name, 'bzImage'))
  const options: NightlyOptions = {
    ...{ out: join(folder, 'nights', 'two'), say: quiet, selection: ['004-4'], kernels },
    keepaliveds: [join(folder, 'keepalived_9.deb')],
  }
  const first = await planNight({ ...options, out: join(folder, 'nights', 'one') })
  const [one, other] = first.night.cells
  const ran = { state: 'done' as const, claims: cell('x', 'y', { '004-4': 'pass' }).claims }
  const before = {
    ...first.night,
    cells: [
      { ...one!, ...ran, durationMs: 50_000 },
      { ...other!, ...ran, durationMs: 40_000 },
    ],
  }
  await mkdir(join(folder, 'nights', 'one'), { recursive: true })
  await writeFile(join(folder, 'nights', 'one', 'nightly.json'), JSON.stringify(before))
  await new Promise((resolve) => setTimeout(resolve, 5))
  const plan = await tellPlan(await planNight(options), quiet)
  t.match(plan, {
    schema: 'lvslab.nightly-plan/1',
    cells: [
      { kernel: kernels[1], why: 'passed', estimateMs: 40_000, state: 'planned' },
      { kernel: kernels[0], why: 'passed', estimateMs: 50_000 },
    ],
    estimate: { from: 'earlier nights', totalMs: 90_000 },
    before: join(folder, 'nights', 'one'),
  })
  t.same(
    plan.toBuild.map(({ kind }) => kind),
    ['kernel', 'keepalived', 'kernel'],
  )
})
