/** However a run ends, it ends altogether: no process, socket, mount or file of it is left but what was to be kept. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RunRecord } from '../../src/run/record.ts'
import { finish, Home, pause, until, type EntryKind } from './support/home.ts'
import { chosenSeed, seededRandom } from './support/random.ts'

t.setTimeout(0)

/** Everything must be gone within this, ms. */
const GONE_MS = 2_000
/** By then a run from a snapshot has begun its claim's last step. */
const LATEST_KILL_MS = 9_000
const LATEST_KILL_OF_BUILD_MS = 6_000

const full = process.env['LVSLAB_HARNESS'] === 'full'
const seed = chosenSeed()
const random = seededRandom(seed)
t.comment(`seed ${seed}: again with LVSLAB_SEED=${seed}`)

/** Kills a runner without warning once `ready` is so, and a while later; looks at what is left. */
async function killed(t: Test, home: Home, ready: () => Promise<unknown>, afterMs: number): Promise<void> {
  const child = home.start(['run', '004-4', '--out', join(home.out, 'run')])
  await ready()
  await pause(afterMs)
  const before = await home.processes()
  child.kill('SIGKILL')
  await finish(child, 10_000)
  const left = await home.leftoversAfter(GONE_MS)
  t.comment(`killed after ${afterMs.toFixed(0)} ms, with ${before.size} processes`)
  t.ok(before.size > 0, 'there was something to kill')
  t.same(left, [], `nothing is left ${GONE_MS} ms later`)
}

void t.test('the look at what is left sees what is there', async (t) => {
  await using home = await Home.create()
  const sleeper = home.start(['--version'], { within: ['sh', '-c', 'sleep 60', 'sh'] })
  await mkdir(join(home.cache, 'template', '.half'), { recursive: true })
  await mkdir(join(home.cache, 'kernel', 'entry.lock'), { recursive: true })
  await writeFile(join(home.temporary, 'scratch'), '')
  await writeFile(join(home.runtime, 'state.json'), '')
  const left = (await home.leftovers()).join('\n')
  for (const part of [/process \d+: sh -c sleep/, /process \d+: sleep/, /template\/\.half/, /kernel\/entry\.lock/])
    t.match(left, part)
  t.match(left, /temporary: scratch/)
  t.match(left, /runtime: .*state\.json/)
  for (const pid of (await home.processes()).keys()) process.kill(pid, 'SIGKILL')
  await sleeper
})

void t.test('the runner is killed while it proves a claim', async (t) => {
  await using home = await Home.create(['userland', 'kernel', 'template', 'snapshot'])
  for (let count = 1; count <= (full ? 10 : 3); count++) {
    await killed(t, home, async () => undefined, random() * LATEST_KILL_MS)
  }
})

const builds: readonly { readonly kind: EntryKind; readonly has: readonly EntryKind[] }[] = [
  // A userland comes from a mirror: only where that may take its time.
  ...(full ? [{ kind: 'userland' as const, has: ['kernel' as const] }] : []),
  { kind: 'template', has: ['userland', 'kernel'] },
  { kind: 'snapshot', has: ['userland', 'kernel', 'template'] },
]
for (const { kind, has } of builds) {
  void t.test(`the runner is killed while it builds a ${kind}`, async (t) => {
    await using home = await Home.create(has)
    const building = (): Promise<unknown> =>
      until(
        `a half-made ${kind}`,
        async () => (await home.halfMade()).find((name) => name.startsWith(`${kind}/.`)),
        60_000,
      )
    await killed(t, home, building, random() * LATEST_KILL_OF_BUILD_MS)
  })
}

void t.test('the runner is interrupted', async (t) => {
  await using home = await Home.create(['userland', 'kernel', 'template', 'snapshot'])
  const out = join(home.out, 'run')
  const child = home.start(['run', '004-3', '004-4', '--out', out])
  const first = join(out, 'claims', '004-3', 'claim.json')
  await until('the first verdict', async () => (existsSync(first) ? true : undefined), 120_000)
  await pause(3_000)
  child.kill('SIGINT')
  const { exitCode, stderr } = await finish(child, 20_000)
  t.equal(exitCode, 130, stderr)
  const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord
  t.equal(record.interrupted, true, 'the record says so')
  t.same(
    record.claims.map(({ id, verdict }) => ({ id, verdict })),
    [{ id: '004-3', verdict: 'pass' }],
    'the verdict that was there is kept',
  )
  t.same(await home.leftoversAfter(GONE_MS), [], 'nothing is left')
})
