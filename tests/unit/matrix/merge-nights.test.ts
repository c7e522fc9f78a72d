import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readHistory } from '../../../src/matrix/history.ts'
import { mergeNights, shardFolder } from '../../../src/matrix/merge-nights.ts'
import { readNight, type CellRecord, type NightRecord } from '../../../src/matrix/night.ts'
import { earlierDuration } from '../../../src/matrix/plan.ts'
import { remakeNight } from '../../../src/matrix/remake-night.ts'
import { partOf } from '../../../src/run/part-of.ts'
import { cell, historyOf, night } from './sample-night.ts'

const kernels = ['5.10', '6.1', '6.12']
const keepaliveds = ['a', 'b']
const done = kernels.flatMap((kernel, row) =>
  keepaliveds.map((keepalived, column): CellRecord => ({
    ...cell(kernel, keepalived, { '004-4': row === 2 && column === 1 ? 'fail' : 'pass', '004-5': 'pass' }),
    durationMs: 30_000 + 7_000 * row + 1_000 * column,
  })),
)
const planned = done.map((one): CellRecord => ({ ...one, state: 'planned', claims: [] }))

/** What shard `index` of `count` leaves when its cells come out as in `done`. */
function shard(index: number, count: number, extra: Partial<NightRecord> = {}): NightRecord {
  const history = historyOf(night(done))
  const mine = partOf(
    planned,
    { index, count },
    ({ id }) => id,
    (one) => earlierDuration(one, history),
  )
  const cells = mine.map(({ id }) => done.find((one) => one.id === id)!)
  return { ...night(cells), shard: { index, count, plan: planned }, ...extra }
}
const given = (...nights: readonly NightRecord[]) =>
  nights.map((one) => ({ night: one, folder: shardFolder(one.shard ?? { index: 0, count: 0 }) }))
const told = ({ cells }: NightRecord) => cells.map(({ folder: _, ...one }) => one)

void t.test('shards are the unsharded night: its cells, verdicts and figures, in its order', async (t) => {
  for (const count of [1, 2, 3, 4]) {
    const shards = Array.from({ length: count }, (_, n) => shard(n + 1, count))
    const merged = mergeNights(given(...shards.toReversed()))
    t.strictSame(told(merged), told(night(done)), `${count} shards`)
    t.match(merged, { durationMs: 120_000 * count, parts: shards.map((one) => shardFolder(one.shard!)).reverse() })
    t.notOk('shard' in merged)
  }
  t.equal(mergeNights(given(shard(1, 2), shard(2, 2))).cells[0]?.folder?.replace(/\d-of/, 'N-of'), folderIn(done[0]!))
})

function folderIn({ id }: CellRecord): string {
  return `shard-N-of-2/cells/${id}`
}

void t.test('a shard that left no record leaves its cells broken, each of them', async (t) => {
  const merged = mergeNights(given(shard(1, 3), shard(3, 3)))
  const lost = shard(2, 3).cells.map(({ id }) => id)
  t.same(
    merged.cells.filter(({ state }) => state === 'broken').map(({ id, reason }) => [id, reason]),
    lost.map((id) => [id, 'shard 2 of 3 left no record']),
  )
  t.equal(merged.cells.length, done.length)
})

void t.test('what are not shards of one night, or were split differently, is refused', async (t) => {
  const differs = { code: 'LVSLAB_E_NIGHTS_DIFFER', exitCode: 2 }
  t.throws(() => mergeNights(given(shard(1, 2), shard(2, 3))), differs, 'of two, and of three')
  t.throws(() => mergeNights(given(shard(1, 2), shard(2, 2, { selection: ['000-1'] }))), differs, 'other claims')
  t.throws(() => mergeNights(given(shard(1, 2), night(done))), differs, 'no shard')
  const [first, second] = [shard(1, 2), shard(2, 2)]
  const twice = { ...second, cells: [...second.cells, first.cells[0]!] }
  t.throws(() => mergeNights(given(first, twice)), { code: 'LVSLAB_E_NIGHTS_OVERLAP', seen: first.cells[0]!.id })
  const fewer = { ...second, cells: second.cells.slice(1) }
  t.throws(() => mergeNights(given(first, fewer)), { ...differs, seen: second.cells[0]!.id })
})

async function put(folder: string, record: NightRecord): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'nightly.json'), JSON.stringify(record))
}

void t.test('the night of its shards is judged as the whole would be, and written into its folder', async (t) => {
  const nights = t.testdir()
  await put(join(nights, 'before'), night(done, '2026-11-19T01:00:00.000Z'))
  const tonight = join(nights, 'tonight')
  const worse = (one: NightRecord): NightRecord => ({
    ...one,
    cells: one.cells.map((each) =>
      each.id === done[0]!.id ? { ...each, ...cell('5.10', 'a', { '004-4': 'fail' }) } : each,
    ),
  })
  for (const index of [1, 2]) await put(join(tonight, shardFolder({ index, count: 2 })), worse(shard(index, 2)))
  const said: string[] = []
  const { page, exitCode } = await remakeNight([tonight], { say: (line) => said.push(line) })
  t.equal(page, join(tonight, 'nightly.html'))
  t.equal(exitCode, 1)
  t.match(said.join('\n'), 'worse: 004-4 pass → fail (since 2026-11-19) in kernel-5.10.keepalived-a')
  const written = await readNight(tonight)
  t.match(written, { before: join(nights, 'before'), worse: [{ claim: '004-4', from: 'pass', to: 'fail' }] })
  t.equal((await remakeNight([tonight], { say: () => undefined })).exitCode, 1, 'again, over what it wrote')
  await writeFile(join(nights, 'known.yaml'), '- { claim: 004-4, kernel: "5.10", reason: a race, until: 2999-01-01 }\n')
  const known = join(nights, 'known.yaml')
  t.equal((await remakeNight([tonight], { known, say: () => undefined })).exitCode, 0, 'excused')
  t.match(await readNight(tonight), { knownFrom: known, known: [{ claim: '004-4', reason: 'a race' }] })
  const two = [1, 2].map((index) => join(tonight, shardFolder({ index, count: 2 })))
  t.equal((await remakeNight(two, { say: () => undefined })).page, page, 'or of both, one by one')
  await t.rejects(remakeNight([two[0]!, join(nights, 'before')], { say: () => undefined }), {
    code: 'LVSLAB_E_NIGHT_INVALID',
  })
})

void t.test('the nights before: those beside, begun before; a night of shards alone is one', async (t) => {
  const nights = t.testdir({ junk: { 'nightly.json': '{' } })
  await put(join(nights, '18'), night(done, '2026-11-18T01:00:00.000Z'))
  await put(join(nights, '21'), night(done, '2026-11-21T01:00:00.000Z'))
  for (const index of [1, 2]) {
    const startedAt = `2026-11-19T0${index}:00:00.000Z`
    await put(join(nights, '19', shardFolder({ index, count: 2 })), shard(index, 2, { startedAt }))
  }
  // Another shard of this very night, done already: it must not shape how the rest is split.
  await put(join(nights, '20', shardFolder({ index: 1, count: 2 })), shard(1, 2))
  const said: string[] = []
  const say = (line: string): void => void said.push(line)
  const history = await readHistory(join(nights, '20'), { before: '2026-11-20T01:00:01.000Z', say })
  t.same(
    history.nights.map((one) => [one.folder.slice(-2), one.night.cells.length]),
    [
      ['18', 6],
      ['19', 6],
    ],
  )
  t.match(said, [/^junk is left out: /])
  const asked = await readHistory(join(nights, '20'), { before: 'x', asked: join(nights, '18'), say })
  t.equal(asked.nights.length, 1)
  await t.rejects(readHistory(join(nights, '20'), { before: 'x', asked: join(nights, 'no'), say }), {
    code: 'LVSLAB_E_NIGHT_INVALID',
  })
})
