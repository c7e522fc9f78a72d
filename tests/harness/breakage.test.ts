/**
 * A test that never fails proves nothing: here clusters are broken on purpose, and the claims must say so, each for its
 * own reason, and no other claim with them. The short form runs one claim for each breakage, and beside them as controls
 * claims that the breakage does not concern; LVSLAB_HARNESS=full runs all claims for each. TAP_GREP='/^dr-nfs|^catch/' runs
 * those of one topology.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { whyNot } from '../../src/report/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { SABOTAGE_TABLES, sabotageOf } from './sabotage/index.ts'
import { prove } from './support/prove.ts'

t.setTimeout(0)

const full = process.env['LVSLAB_HARNESS'] === 'full'
const out = await mkdtemp('/tmp/lvslab-breakage-')
const tried: string[] = []
const caught: string[] = []

t.teardown(async () => rm(out, { recursive: true, force: true }))

const claimsOf = new Map(
  await Promise.all(
    SABOTAGE_TABLES.map(async ({ topology }) => [topology, (await loadTopology(topology)).claims] as const),
  ),
)

for (const { topology, sabotages, full: everyClaim = false } of SABOTAGE_TABLES) {
  const claims = claimsOf.get(topology)!
  const all = claims.map(({ id }) => id)

  void t.test(`${topology}: the table of breakages`, async (t) => {
    for (const id of all) {
      const ways = sabotages.filter(({ red }) => id in red).map(({ name }) => name)
      t.ok(ways.length > 0, `${id} can turn red: ${ways.join(', ')}`)
    }
    for (const { name, red, telling, control } of sabotages) {
      const ids = [...Object.keys(red), ...(control === undefined ? [] : [control])]
      t.same(
        ids.filter((id) => !all.includes(id)),
        [],
        `${name} names claims that there are`,
      )
      t.ok(telling in red, `${name}: its telling claim turns red`)
      t.notOk(control !== undefined && control in red, `${name}: its control does not`)
    }
  })

  for (const sabotage of sabotages) {
    const { name, description, red, telling, control, long = false } = sabotage
    if (long && !full) continue
    void t.test(`${topology}, ${name}: ${description}`, async (t) => {
      tried.push(name)
      const withControl = (id: string[]): string[] => [...id, ...(control === undefined ? [] : [control])]
      const ids = !full ? withControl([telling]) : everyClaim ? all : withControl(Object.keys(red))
      const records = await prove(topology, { outDir: join(out, name), ids, sabotage: name })
      for (const id of ids) {
        const record = records.get(id)!
        const { verdict } = record
        const reason = whyNot(record) ?? ''
        const expected = red[id]
        if (expected)
          t.match({ verdict, reason }, { verdict: 'fail', reason: expected }, `${id} turns red, and says why`)
        else t.match({ verdict, reason }, { verdict: 'pass', reason: '' }, `${id} stays green`)
      }
      if (t.passing()) caught.push(name)
    })
  }
}

void t.test('a breakage that nobody knows is refused', async (t) => {
  t.throws(() => sabotageOf('nosuch'), { code: 'LVSLAB_E_SABOTAGE_UNKNOWN' })
})

void t.test('catch rate', async (t) => {
  const missed = tried.filter((name) => !caught.includes(name))
  t.same(missed, [], `${caught.length} of ${tried.length} breakages caught`)
  t.comment(`${caught.length} of ${tried.length} breakages caught`)
})
