/**
 * The work of a run or a night, split or interrupted, is the same work: two shards are the unsharded run, and a night that
 * was killed goes on where it was.
 */
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readNight, type NightRecord } from '../../src/matrix/night.ts'
import type { RunRecord } from '../../src/run/record.ts'
import { finish, Home, until, type EntryKind } from './support/home.ts'

t.setTimeout(0)

const WARM: readonly EntryKind[] = ['userland', 'kernel', 'template', 'snapshot']
const full = process.env['LVSLAB_HARNESS'] === 'full'

async function runIn(folder: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord
}

/** What two runs of the same claims have in common, whatever the machine's pace. */
function told({ claims, topologies }: RunRecord): unknown {
  return {
    topologies: topologies.map(({ name }) => name),
    claims: claims.map(({ id, topology, title, negative, verdict, figures, assertions }) => ({
      ...{ id, topology, title, negative, verdict },
      figures: figures.map(({ name, unit, within }) => ({ name, unit, within })),
      assertions: assertions.length > 0 && assertions.every(({ ok }) => ok),
    })),
  }
}

void t.test('two shards on one machine, merged, equal the unsharded run', async (t) => {
  await using home = await Home.create(WARM)
  const run = async (name: string, ...more: string[]): Promise<string> => {
    const out = join(home.out, name)
    const { exitCode, stderr } = await home.lvslab(['run', 'nat-director', '--out', out, ...more], {
      timeoutMs: 240_000,
    })
    t.equal(exitCode, 0, `${name} ${exitCode === 0 ? '' : stderr.slice(-1_000)}`)
    return out
  }
  const whole = await run('whole')
  // Balanced by what the claims took in the first run.
  const shards = [
    await run('shard-1', '--shard', '1/2', '--shard-by', whole),
    await run('shard-2', '--shard', '2/2', '--shard-by', whole),
  ]
  const parts = await Promise.all(shards.map(runIn))
  t.ok(
    parts.every(({ claims }) => claims.length > 0),
    parts.map(({ claims }) => claims.map(({ id }) => id).join(' ')).join(' | '),
  )
  const merged = join(home.out, 'merged')
  // In the other order than they were made in.
  const { exitCode } = await home.lvslab(['report', ...shards.toReversed(), '--out', merged], { timeoutMs: 30_000 })
  t.equal(exitCode, 0)
  const record = await runIn(merged)
  t.strictSame(told(record), told(await runIn(whole)))
  for (const { path } of record.claims.flatMap(({ evidence }) => evidence))
    t.ok(existsSync(join(merged, path)), `evidence ${path} leads to its shard`)
  t.same(await home.leftoversAfter(2_000), [], 'nothing is left')
})

void t.test(
  'a night that is killed goes on where it was',
  { skip: !full && 'npm run test:harness runs it: it asks a mirror, and may build two kernels and userlands' },
  async (t) => {
    await using home = await Home.create(WARM)
    const out = join(home.out, 'nights', 'one')
    const argv = ['nightly', '002-1', '--kernel', 'bookworm', '--keepalived', '2.2.7,2.3.3', '--out', out]
    const child = home.start(argv)
    const state = async (): Promise<NightRecord['cells'] | undefined> =>
      existsSync(join(out, 'nightly.json')) ? (await readNight(out)).cells : undefined
    const [first, second] = await until(
      'the first cell, and the second to begin',
      async () => {
        const cells = await state()
        const begun = cells?.[1] && existsSync(join(out, 'cells', cells[1].id, 'run.log'))
        return begun && cells[0]?.state === 'done' ? cells : undefined
      },
      600_000,
    )
    child.kill('SIGKILL')
    await finish(child, 10_000)
    t.same(await home.leftoversAfter(3_000), [], 'nothing is left')
    t.match(await state(), [{ state: 'done' }, { state: 'planned' }])
    const record = join(out, 'cells', first!.id, 'run.json')
    const { mtimeMs } = await stat(record)
    const { exitCode, stderr } = await home.lvslab(argv, { timeoutMs: 600_000 })
    t.equal(exitCode, 0, stderr.slice(-1_000))
    t.equal((await stat(record)).mtimeMs, mtimeMs, 'what was done is not done again')
    t.match(await state(), [
      { id: first!.id, state: 'done' },
      { id: second!.id, state: 'done', claims: [{ id: '002-1', verdict: 'pass' }] },
    ])
    t.match(await readFile(join(out, 'nightly.html'), 'utf8'), '2 of 2 cells have run')
  },
)
