/**
 * A test that never fails proves nothing: here clusters are broken on purpose, and the claims must say so, each for its
 * own reason, and no other claim with them. The short form runs one claim for each breakage, and beside them as controls
 * claims that the breakage does not concern; LVSLAB_HARNESS=full runs all claims for each.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ClaimProcess } from '../../src/run/claim-process.ts'
import type { ClaimRecord } from '../../src/run/record.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { SABOTAGES, sabotageOf, type NamedSabotage } from '../support/sabotage.ts'

t.setTimeout(0)

const full = process.env['LVSLAB_HARNESS'] === 'full'
const { claims } = await loadTopology('dr-vrrp')
const all = claims.map(({ id }) => id)
const out = await mkdtemp('/tmp/lvslab-breakage-')
const caught: string[] = []

t.teardown(async () => rm(out, { recursive: true, force: true }))

/** Proves claims on clusters broken in this way. */
async function prove({ name }: NamedSabotage, ids: readonly string[]): Promise<Map<string, ClaimRecord>> {
  const records = new Map<string, ClaimRecord>()
  const settings = { outDir: join(out, name), ids, sabotage: name }
  const child = await ClaimProcess.start('dr-vrrp', settings, (message) => {
    if (message.type === 'end') records.set(message.record.id, message.record)
  })
  const { how, stderr } = await child.ended
  const missing = ids.filter((id) => !records.has(id))
  if (missing.length > 0) throw new Error(`${missing.join()} came to no end: ${how}\n${stderr}`)
  return records
}

void t.test('the table of breakages', async (t) => {
  for (const id of all) {
    const ways = SABOTAGES.filter(({ red }) => id in red).map(({ name }) => name)
    t.ok(ways.length > 0, `${id} can turn red: ${ways.join(', ')}`)
  }
  for (const { name, red, telling, control } of SABOTAGES) {
    const ids = [...Object.keys(red), ...(control === undefined ? [] : [control])]
    t.same(
      ids.filter((id) => !all.includes(id)),
      [],
      `${name} names claims that there are`,
    )
    t.ok(telling in red, `${name}: its telling claim turns red`)
    t.notOk(control !== undefined && control in red, `${name}: its control does not`)
  }
  t.throws(() => sabotageOf('nosuch'), { code: 'LVSLAB_E_SABOTAGE_UNKNOWN' })
})

for (const sabotage of SABOTAGES) {
  const { name, description, red, telling, control } = sabotage
  void t.test(`${name}: ${description}`, async (t) => {
    const ids = full ? all : [telling, ...(control === undefined ? [] : [control])]
    const records = await prove(sabotage, ids)
    for (const id of ids) {
      const { verdict, reason = '' } = records.get(id)!
      const expected = red[id]
      if (expected) t.match({ verdict, reason }, { verdict: 'fail', reason: expected }, `${id} turns red, and says why`)
      else t.match({ verdict, reason }, { verdict: 'pass', reason: '' }, `${id} stays green`)
    }
    if (t.passing()) caught.push(name)
  })
}

void t.test('catch rate', async (t) => {
  const missed = SABOTAGES.map(({ name }) => name).filter((name) => !caught.includes(name))
  t.same(missed, [], `${caught.length} of ${SABOTAGES.length} breakages caught`)
  t.comment(`${caught.length} of ${SABOTAGES.length} breakages caught`)
})
