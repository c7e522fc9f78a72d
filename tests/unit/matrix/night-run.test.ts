import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ExitCode } from '../../../src/errors.ts'
import type { WantedImage } from '../../../src/matrix/images-ahead.ts'
import { ImagesAhead, imagesOf } from '../../../src/matrix/images-ahead.ts'
import { readNight, type CellRecord, type NightRecord } from '../../../src/matrix/night.ts'
import { cellFolder, endedCell, runCell } from '../../../src/matrix/run-cell.ts'
import { workOff, type NightWorkers } from '../../../src/matrix/run-nightly.ts'
import { sampleRun } from '../report/sample-run.ts'
import { cell, historyOf, night } from './sample-night.ts'

// Cells and image builds need machines and a mirror: here they are functions that answer at once, or when they are told to.

const planned = (kernel: string, keepalived: string): CellRecord => ({ ...cell(kernel, keepalived), state: 'planned' })

const passes: NightWorkers['runCell'] = (one) =>
  Promise.resolve({ ...one, state: 'done', interrupted: false, claims: cell('x', 'y', { '004-4': 'pass' }).claims })

const builds: NightWorkers['build'] = (image) => Promise.resolve({ ...image, state: 'built', durationMs: 1, log: 'l' })

async function work(
  outDir: string,
  one: NightRecord,
  workers: Partial<NightWorkers>,
): Promise<{ exitCode: number; said: string[] }> {
  const said: string[] = []
  const exitCode = await workOff(
    { night: one, outDir, history: historyOf(), known: undefined },
    [],
    { runCell: passes, build: builds, ...workers },
    (line) => said.push(line),
  )
  return { exitCode, said }
}

void t.test('each image once, in the order in which cells need them', async (t) => {
  const cells = [planned('6.1', 'b'), planned('6.1', 'a'), planned('5.10', 'a')]
  t.same(
    imagesOf(cells).map(({ kind, wish }) => `${kind} ${wish}`),
    ['kernel 6.1', 'keepalived b', 'keepalived a', 'kernel 5.10'],
  )
})

void t.test('images are built one at a time, while cells run that have theirs', async (t) => {
  const log: string[] = []
  let atWork = 0
  const gates = new Map<string, () => void>()
  const build = async (image: WantedImage) => {
    t.equal(++atWork, 1, `${image.name} alone`)
    log.push(`begin ${image.name}`)
    if (image.name === '6.12') await new Promise<void>((resolve) => gates.set(image.name, resolve))
    log.push(`built ${image.name}`)
    atWork -= 1
    return { ...image, state: 'built' as const, durationMs: 1 }
  }
  const run: NightWorkers['runCell'] = async (one, options) => {
    log.push(`cell ${one.kernelName}`)
    // The second kernel is built only once the first cell runs: had the night built all of them first, it would wait for
    // ever.
    if (one.kernelName === '6.1') gates.get('6.12')?.()
    return passes(one, options)
  }
  const outDir = t.testdir()
  const cells = [planned('6.1', 'a'), planned('6.12', 'a')]
  const { exitCode } = await work(outDir, night(cells), { build, runCell: run })
  t.equal(exitCode, 0)
  t.same(log, ['begin 6.1', 'built 6.1', 'begin a', 'built a', 'begin 6.12', 'cell 6.1', 'built 6.12', 'cell 6.12'])
})

void t.test('a cell whose images are there does not wait for the one before it', async (t) => {
  const ahead = new ImagesAhead(builds, () => undefined)
  const [first, second] = [planned('6.1', 'a'), planned('6.12', 'b')]
  t.equal(ahead.standingOf(first), 'waiting')
  await ahead.run(imagesOf([second]))
  t.equal(ahead.standingOf(first), 'waiting')
  t.equal(ahead.standingOf(second), 'ready')
})

void t.test('an image that cannot be built breaks its own cells, with the log named, and no other', async (t) => {
  const outDir = t.testdir()
  const ran: string[] = []
  const { exitCode, said } = await work(
    outDir,
    night([planned('6.1', 'a'), planned('6.1', 'b'), planned('5.10', 'a')]),
    {
      build: (image) =>
        image.name === '6.1'
          ? Promise.resolve({ ...image, state: 'failed', durationMs: 1, log: 'images/kernel-6.1.log', reason: 'E: no' })
          : builds(image),
      runCell: (one, options) => {
        ran.push(one.id)
        return passes(one, options)
      },
    },
  )
  t.equal(exitCode, ExitCode.infrastructure)
  t.same(ran, ['kernel-5.10.keepalived-a'])
  const { cells, images } = await readNight(outDir)
  t.same(
    cells.map(({ state }) => state),
    ['broken', 'broken', 'done'],
  )
  t.match(cells[0]?.reason, /^kernel 6\.1 could not be built; its log: images\/kernel-6\.1\.log\nE: no/)
  t.match(
    images?.find(({ state }) => state === 'failed'),
    { name: '6.1', log: 'images/kernel-6.1.log' },
  )
  t.match(await readFile(join(outDir, 'nightly.html'), 'utf8'), 'href="./images/kernel-6.1.log"')
  t.match(said.join('\n'), 'could not be built; its log')
})

void t.test('a night that was ended goes on with what is left, and with what had ended unseen', async (t) => {
  const outDir = t.testdir()
  const cells = [planned('1', 'a'), planned('2', 'a'), planned('3', 'a')]
  const runs: string[] = []
  const run: NightWorkers['runCell'] = (one, options) => {
    runs.push(one.kernelName)
    return one.kernelName === '2' && runs.length === 2
      ? Promise.resolve({ ...one, interrupted: true })
      : passes(one, options)
  }
  t.equal((await work(outDir, night(cells), { runCell: run })).exitCode, ExitCode.interrupted)
  const cut = await readNight(outDir)
  t.same(
    cut.cells.map(({ state }) => state),
    ['done', 'planned', 'planned'],
  )
  // The third came to its end in the very moment in which the night was killed.
  const folder = cellFolder(outDir, cells[2]!.id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), JSON.stringify({ ...sampleRun, startedAt: '2026-11-20T02:00:00.000Z' }))
  const cached: NightWorkers['build'] = (image) => Promise.resolve({ ...image, state: 'cached', durationMs: 0 })
  await work(outDir, cut, { runCell: run, build: cached })
  t.match((await readNight(outDir)).images?.[0], { name: '1', state: 'built' }, 'what it built before it still built')
  t.same(runs, ['1', '2', '2'])
  const whole = await readNight(outDir)
  t.ok(whole.cells.every(({ state }) => state === 'done'))
  t.equal(whole.cells[2]?.claims.length, sampleRun.claims.length)
})

void t.test('a record of an attempt that was cut short, or of another night, is not taken', async (t) => {
  const outDir = t.testdir()
  const one = planned('1', 'a')
  const folder = cellFolder(outDir, one.id)
  await mkdir(folder, { recursive: true })
  const record = (extra: object): Promise<void> =>
    writeFile(join(folder, 'run.json'), JSON.stringify({ ...sampleRun, ...extra }))
  await record({ interrupted: true, startedAt: '2026-11-20T02:00:00.000Z' })
  t.equal(await endedCell(one, outDir, '2026-11-20T01:00:00.000Z'), undefined)
  await record({ interrupted: false, startedAt: '2026-11-19T02:00:00.000Z' })
  t.equal(await endedCell(one, outDir, '2026-11-20T01:00:00.000Z'), undefined)
})

void t.test('a run that says nothing leaves a broken cell, not the record of the attempt before', async (t) => {
  const outDir = t.testdir()
  const one: CellRecord = { ...planned('1', 'a'), kernel: './nowhere/bzImage' }
  const folder = cellFolder(outDir, one.id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), JSON.stringify({ ...sampleRun, interrupted: true }))
  const ran = await runCell(one, { outDir, selection: ['004-4'], repeat: 1, onLine: () => undefined })
  t.match(ran, { state: 'broken', exitCode: ExitCode.usage, reason: /LVSLAB_E_FILE_UNKNOWN/, interrupted: false })
  t.notOk(existsSync(join(folder, 'run.json')))
})
