/**
 * What the host does to the harness is not the cluster's doing: a claim during which the fabric's thread or a machine was
 * stopped for two seconds, at the moment that it measures, is neither passed nor failed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import t from 'tap'
import { proveOne } from './support/prove.ts'

t.setTimeout(0)

const out = await mkdtemp('/tmp/lvslab-honesty-')
t.teardown(async () => rm(out, { recursive: true, force: true }))

const stalls = [
  { name: 'stalled-backup', of: "the backup's machine" },
  { name: 'stalled-fabric', of: "the fabric's thread, with the process that it is in" },
]
for (const { name, of } of stalls) {
  void t.test(`${of} is stopped for two seconds in a failover`, async (t) => {
    // Once: what it says is to be seen, not what a second try does.
    const settings = { outDir: `${out}/${name}`, sabotage: name, attempts: 1 }
    const { verdict, reason, figures, evidence } = await proveOne('dr-vrrp', '004-4', settings)
    t.comment(reason ?? 'no reason')
    t.equal(verdict, 'inconclusive')
    t.match(reason, /takeover after the last advert: .* misses .* by less than the machine was late \(\d{4,5} ms\)/)
    t.ok(
      figures.some(({ name, within }) => name === 'takeover after the last advert' && within === false),
      'the figure is recorded, outside its window',
    )
    t.ok(
      evidence.some(({ label }) => label === 'keepalived-backup/journal.txt'),
      'the machines were asked, as for a failure',
    )
  })
}
