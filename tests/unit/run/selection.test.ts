import t from 'tap'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../../../src/host/paths.ts'
import { listClaims } from '../../../src/run/index.ts'
import { selectClaims } from '../../../src/run/selection.ts'
import { listTopologies } from '../../../src/topology/index.ts'

void t.test('topologies and claims are selected by name, id and text', async (t) => {
  const ids = async (selection: Parameters<typeof selectClaims>[0]): Promise<string[]> =>
    [...(await selectClaims(selection)).values()].flat().map(({ id }) => id)
  t.equal((await ids({ wanted: ['dr-vrrp'] })).length, 13)
  t.strictSame(await ids({ wanted: ['004-4', '004-2'] }), ['004-2', '004-4'])
  t.strictSame(await ids({ wanted: ['dr-vrrp'], grep: 'LOSES POWER' }), ['004-4'])
  t.strictSame(await ids({ wanted: ['dr-vrrp'], grep: 'timeline' }), ['004-3', '004-4', '004-5', '004-6'])
  t.strictSame(await ids({ wanted: ['versions'], grep: 'upgrade' }), ['ver-upgrade'])
  t.notOk(
    (await ids({ wanted: [] })).some((id) => id.startsWith('ver-')),
    'what is of no document is asked for by name',
  )
})

void t.test('what is in a group is selected by name only', async (t) => {
  const ids = async (selection: Parameters<typeof selectClaims>[0]): Promise<string[]> =>
    [...(await selectClaims(selection)).values()].flat().map(({ id }) => id)
  const grouped = (await listClaims()).filter(({ group }) => group === 'regressions').map(({ id }) => id)
  t.ok(grouped.length > 0)
  t.notOk(
    (await ids({ wanted: [] })).some((id) => grouped.includes(id)),
    'not by a run without arguments',
  )
  await t.rejects(selectClaims({ wanted: [], grep: 'sorry server' }), { code: 'LVSLAB_E_NOTHING_MATCHED' })
  t.strictSame(await ids({ wanted: ['regressions'] }), grouped)
  t.strictSame(await ids({ wanted: ['regressions'], grep: 'sorry server' }), [
    'reg-keepalived-2601',
    'reg-keepalived-2704',
  ])
  t.strictSame(await ids({ wanted: ['reg-keepalived-1757', '004-4'] }), ['004-4', 'reg-keepalived-1757'])
})

void t.test('shards together are the whole, without overlap', async (t) => {
  const shard = async (index: number): Promise<string[]> =>
    [...(await selectClaims({ wanted: [], shard: { index, count: 3 } })).values()].flat().map(({ id }) => id)
  const parts = await Promise.all([1, 2, 3].map(shard))
  const all = (await listClaims()).filter(({ group }) => group === undefined).map(({ id }) => id)
  t.strictSame(parts.flat().sort(), [...all].sort())
  t.ok(Math.max(...parts.map(({ length }) => length)) - Math.min(...parts.map(({ length }) => length)) <= 1)
})

void t.test('parts are balanced by what claims took, and keep the order of the whole', async (t) => {
  const all = (await listClaims()).filter(({ group }) => group === undefined).map(({ id }) => id)
  const tookMs = new Map(all.map((id, at) => [id, at === 0 ? 600_000 : 10_000]))
  const part = async (index: number): Promise<string[]> =>
    [...(await selectClaims({ wanted: [], shard: { index, count: 2 }, tookMs })).values()].flat().map(({ id }) => id)
  const [one, other] = [await part(1), await part(2)]
  // Sixty short ones weigh as much as the long one.
  t.same(one, [all[0]])
  t.strictSame(other, all.slice(1))
})

void t.test('what matches nothing is said, with what there is', async (t) => {
  await t.rejects(selectClaims({ wanted: ['004-99'] }), { code: 'LVSLAB_E_NOTHING_MATCHED', exitCode: 5 })
  await t.rejects(selectClaims({ wanted: [], grep: 'no such words' }), { code: 'LVSLAB_E_NOTHING_MATCHED' })
})

void t.test('every claim of a topology has its test, and every test its claim', async (t) => {
  for (const topology of await listTopologies()) {
    if (topology.claims.length === 0) continue
    const group = join(projectRoot, 'tests', topology.group ?? 'documents')
    const main = join(group, `${topology.name}.test.ts`)
    // A long one is in several files, which lie in a folder of its name.
    const folder = topology.group === topology.name ? group : join(group, topology.name)
    const parts = (await readdir(folder).catch(() => [])).map((part) => join(folder, part))
    const files = new Set([main, ...parts])
    const texts = await Promise.all([...files].map((file) => readFile(file, 'utf8')))
    const tested = texts.flatMap((text) => [...text.matchAll(/^claim\('([^']+)'/gm)].map(([, id]) => id))
    t.strictSame(tested.sort(), topology.claims.map(({ id }) => id).sort(), topology.name)
    // The run itself holds it, too; here one hears of it without a machine.
    const recording = texts
      .flatMap((text) => text.split(/^claim\('/m).slice(1))
      .filter((body) => records(body, texts))
      .map((body) => body.slice(0, body.indexOf("'")))
    const marked = topology.claims.filter(({ records }) => records.includes('timeline')).map(({ id }) => id)
    t.strictSame(recording.sort(), marked.sort(), `${topology.name}: what records timelines says so`)
  }
})

/** Whether a body records a timeline, itself or by one of the functions that the tests of a topology share. */
function records(body: string, texts: readonly string[]): boolean {
  const shared = texts
    .flatMap((text) => text.split(/^(?:export )?(?=async function )/m).slice(1))
    .map((text) => ({ name: /^async function (\w+)/.exec(text)?.[1] ?? '', body: text.split(/^}$/m)[0] ?? '' }))
  const recorders = new Set<string>()
  const itself = (text: string): boolean =>
    /\b(closeFailover|recordFailover|c\.timeline)\(/.test(text) ||
    [...recorders].some((name) => new RegExp(`\\b${name}\\b`).test(text))
  for (let known = -1; known < recorders.size;) {
    known = recorders.size
    for (const one of shared) if (itself(one.body.replace(one.name, ''))) recorders.add(one.name)
  }
  return itself(body)
}
