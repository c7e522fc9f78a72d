/**
 * Are the windows tight? The fault is struck at eight phases of the interval that a window follows from; all measurements
 * must lie in it, and together cover most of it: a window that nothing ever comes near the ends of would notice little.
 * Minutes on real machines, so LVSLAB_HARNESS=full only.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { after } from '../../src/clock.ts'
import { Lab, type Cluster, type Node } from '../../src/cluster/index.ts'
import { stopService, unplug } from '../../src/fault/index.ts'
import type { EventMatcher } from '../../src/fabric/index.ts'
import { ClaimContext } from '../../src/run/claim-context.ts'
import type { ClaimRecord } from '../../src/run/record.ts'
import { atPhase } from '../../src/run/sweep.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { sweepText } from '../../src/report/sweep-text.ts'
import { advertOf, waitForTakeover } from '../support/steps.ts'

t.setTimeout(0)

const skip = process.env['LVSLAB_HARNESS'] === 'full' ? false : 'long: LVSLAB_HARNESS=full runs it'
const PHASES = 8
/** Eight phases leave an eighth of the interval out; tolerances and a machine's own lateness the rest. */
const EXPECTED_SHARE = 0.6

let lab: Promise<Lab> | undefined

/** Runs something like a claim on a topology, and prints what its sweeps covered. */
async function sweeping(t: Test, topology: string, body: (c: ClaimContext) => Promise<void>): Promise<ClaimRecord> {
  const outDir = await mkdtemp(join(tmpdir(), 'lvslab-sweep-'))
  t.teardown(() => rm(outDir, { recursive: true, force: true }))
  lab ??= Lab.open({ progress: (line) => t.comment(line) })
  const context = new ClaimContext({
    ...{ claim: { id: `sweep-${topology}`, title: 'a sweep', negative: false, timed: true, records: [] } },
    ...{ topology: await loadTopology(topology), lab: await lab },
    ...{ outDir, folder: 'claims', attempt: 1, mode: undefined },
    onProgress: (line) => t.comment(line),
  })
  const record = await context.run(body)
  for (const sweep of record.sweeps ?? []) {
    t.comment(`${sweep.name}: ${sweepText(sweep)}`)
    t.comment(`${sweep.name}: ${sweep.points.map(({ phase, value }) => `${phase}: ${value.toFixed(0)} ms`).join(', ')}`)
  }
  t.match(record, { verdict: 'pass' })
  t.ok((record.sweeps?.length ?? 0) > 0, 'something was swept')
  for (const { name, share } of record.sweeps ?? []) t.ok(share >= EXPECTED_SHARE, `${name}: ${share} of the window`)
  return record
}

void t.test('VRRP takeover: the cable out of the master, at eight phases of advert_int', { skip }, async (t) => {
  await sweeping(t, 'dr-vrrp', async (c) => {
    const cluster = await c.boot()
    c.alwaysHealthy(cluster)
    const windows = await c.windows
    const master = await cluster.vip.owner()
    const [backup] = await cluster.vip.others()
    const handover = { from: master.name, to: backup!.name }
    await c.sweep(cluster, {
      ...{ name: 'takeover after the cable is out', window: windows.powerCutToTakeover(handover), phases: PHASES },
      of: [backup!],
      strike: async (phase) => {
        const intervalMs = windows.instance({ node: master.name }).advertIntS * 1000
        await atPhase(cluster, { anchor: advertOf(master), intervalMs, phase })
        const fault = await unplug(cluster, master)
        const takeover = await waitForTakeover(c, cluster, master, fault.at)
        const pluggedAt = await fault.heal()
        const back = await waitForTakeover(c, cluster, backup!, pluggedAt)
        // Settled: the old master alone, for an interval and more.
        await cluster.wire.waitFor(advertOf(master), { since: after(back.firstAdvert.at, 1_500), timeoutMs: 10_000 })
        return { value: takeover.firstAdvert.at - fault.at, since: fault.at, uncertaintyMs: fault.uncertaintyMs }
      },
    })
  })
})

for (const [topology, kind] of [
  ['dr-vrrp', 'HTTP_GET'],
  ['dr-nfs', 'TCP_CHECK'],
] as const) {
  void t.test(`${kind}: the web server stops, at eight phases of delay_loop`, { skip }, async (t) => {
    await sweeping(t, topology, async (c) => {
      const cluster = await c.boot()
      c.alwaysHealthy(cluster)
      const owner = await cluster.vip.owner()
      await removals(c, cluster, owner, kind)
    })
  })
}

async function removals(c: ClaimContext, cluster: Cluster, owner: Node, kind: string): Promise<void> {
  const windows = await c.windows
  const director = cluster.director(owner)
  const broken = cluster.service.realServers[0]!
  const check = { director: owner.name, server: broken.node, failure: 'refused' as const }
  const window = windows.checkerRemoval(check)
  const probe: EventMatcher = {
    description: `a health check of ${broken.node} by ${owner.name}`,
    match: (event) =>
      event.type === 'tcp' &&
      event.syn &&
      !event.ack &&
      event.srcIp === owner.address &&
      event.dstIp === broken.address &&
      event.dstPort === broken.port,
  }
  await c.sweep(cluster, {
    ...{ name: `removal by ${kind}`, window, phases: PHASES },
    strike: async (phase) => {
      await atPhase(cluster, { anchor: probe, intervalMs: windows.checker(check).delayLoopS * 1000, phase })
      const fault = await stopService(cluster, cluster.node(broken.node), 'nginx')
      const goneAt = await director.untilGone(broken.address, broken.port, window.maxMs + 8_000)
      await fault.heal()
      await director.untilPresent(broken.address, broken.port, windows.checkerReturn(check).maxMs + 8_000)
      return { value: goneAt - fault.at, since: fault.at, uncertaintyMs: fault.uncertaintyMs }
    },
  })
}
