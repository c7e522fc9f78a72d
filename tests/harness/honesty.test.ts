/**
 * What the host does to the harness is not the cluster's doing: a claim during which the fabric's thread or a machine was
 * stopped for two seconds, at the moment that it measures, is neither passed nor failed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import t from 'tap'
import { ClaimProcess } from '../../src/run/claim-process.ts'
import type { ClaimRecord } from '../../src/run/record.ts'

t.setTimeout(0)

const out = await mkdtemp('/tmp/lvslab-honesty-')
t.teardown(async () => rm(out, { recursive: true, force: true }))

/** Once: what it says is to be seen, not what a second try does. */
async function prove(id: string, sabotage: string): Promise<ClaimRecord> {
  const records: ClaimRecord[] = []
  const settings = { outDir: `${out}/${sabotage}`, ids: [id], sabotage, attempts: 1 }
  const child = await ClaimProcess.start('dr-vrrp', settings, (message) => {
    if (message.type === 'end') records.push(message.record)
  })
  const { how, stderr } = await child.ended
  if (records.length === 0) throw new Error(`${id} came to no end: ${how}\n${stderr}`)
  return records[0]!
}

const stalls = [
  { name: 'stalled-backup', of: "the backup's machine" },
  { name: 'stalled-fabric', of: "the fabric's thread, with the process that it is in" },
]
for (const { name, of } of stalls) {
  void t.test(`${of} is stopped for two seconds in a failover`, async (t) => {
    const { verdict, reason, figures } = await prove('004-4', name)
    t.comment(reason ?? 'no reason')
    t.equal(verdict, 'inconclusive')
    t.match(reason, /takeover after the last advert: .* misses .* by less than the machine was late \(\d{4,5} ms\)/)
    t.ok(
      figures.some(({ name, within }) => name === 'takeover after the last advert' && within === false),
      'the figure is recorded, outside its window',
    )
  })
}
