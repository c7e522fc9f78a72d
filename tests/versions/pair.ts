import { after } from '../../src/clock.ts'
import { startedVersion, type Cluster, type Node } from '../../src/cluster/index.ts'
import type { VrrpEvent } from '../../src/fabric/index.ts'
import { powerCut } from '../../src/fault/index.ts'
import { upstreamVersion } from '../../src/image/index.ts'
import { steady } from '../../src/load/index.ts'
import type { ClaimBoot, ClaimContext } from '../../src/run/claim-context.ts'
import { closeFailover, faultOn, takenOver } from '../support/failover.ts'
import { advertOf, shares, startToMasterMs, vridOf, waitForTakeover } from '../support/steps.ts'

/** A late refresh is measured, and judged, and not merely waited for in vain. */
const SLOW_MS = 3_000

/** Each node runs what the record says that it was made of: by its own words. */
export async function checkVersions(c: ClaimContext, cluster: Cluster, nodes: readonly Node[]): Promise<void> {
  for (const node of nodes) {
    const { kernel, keepalived = '' } = cluster.versions.get(node.name)!
    const [release, started] = await Promise.all([node.succeed('uname -r'), startedVersion(node)])
    c.check(`${node.name} runs keepalived ${keepalived}`, started === upstreamVersion(keepalived), `v${started ?? '?'}`)
    c.check(`${node.name} runs Linux ${kernel}`, release === kernel, release)
  }
}

/**
 * The first gratuitous ARP that a new master sends by itself: when that is depends on its keepalived's version.
 *
 * @param firstAdvert - its first
 */
async function measureRefresh(c: ClaimContext, cluster: Cluster, node: Node, firstAdvert: VrrpEvent): Promise<void> {
  const windows = await c.windows
  const window = windows.garpRefresh({ node: node.name }, 'first')
  const bursts = windows.garpSecondBurst({ node: node.name })
  const own = (): readonly { readonly at: number }[] =>
    cluster.wire
      .gratuitousArps(cluster.vip.address, { since: after(firstAdvert.at, -50) })
      .filter(({ senderMac }) => senderMac === node.mac)
  c.say(`waiting until ${node.name} refreshes the VIP's ARP entries`)
  await cluster.clock.until(after(firstAdvert.at, window.maxMs + SLOW_MS))
  const [first, ...others] = own()
  const refresh = others.find(({ at }) => at - first!.at > bursts.maxMs + SLOW_MS / 2)
  c.check(`${node.name} refreshes the ARP entries of the VIP`, refresh !== undefined, `${own().length} gratuitous ARPs`)
  if (!first || !refresh) return
  c.waited(refresh.at - first.at)
  await c.measure(cluster, {
    name: `first gratuitous ARP refresh of ${node.name}`,
    value: refresh.at - first.at,
    window,
    since: after(firstAdvert.at, first.at - firstAdvert.at),
    of: [node],
    note: `keepalived ${windows.conf(node.name).version}`,
  })
}

/** One master; it loses power, the other takes over; it returns and takes the VIP back: each inside its own window. */
export async function onePair(c: ClaimContext, boot: ClaimBoot = {}): Promise<void> {
  const cluster = await c.boot(boot)
  c.alwaysHealthy(cluster, { overlapMs: 1_200 })
  const windows = await c.windows
  const [preferred, other] = cluster.vip.candidates as [Node, Node]
  await checkVersions(c, cluster, [preferred, other])
  const since = cluster.clock.now()
  for (let count = 0, from = since; count < 2; count++) {
    const advert = await cluster.wire.waitFor(advertOf(preferred), { since: from, timeoutMs: 5_000 })
    from = after(advert.at, 0.001)
  }
  const load = await steady(cluster, cluster.client, { url: cluster.url() })
  c.check(`${preferred.name}, which has the higher priority, holds the VIP`, (await cluster.vip.owner()) === preferred)
  const senders = cluster.wire.advertSenders(await vridOf(c, preferred), { since })
  c.check(
    `only ${preferred.name} advertises`,
    senders.length === 1 && senders[0]?.srcIp === preferred.address,
    senders.map(({ srcIp, count }) => `${srcIp}: ${count}`).join(', '),
  )

  const cutAt = cluster.clock.now()
  const fault = await powerCut(cluster, preferred)
  const away = await takenOver(c, cluster, { from: preferred, to: other, since: cutAt })
  c.waited(away.gapMs)
  c.check(`${other.name} holds the VIP`, (await cluster.vip.owner()) === other)
  await closeFailover(c, cluster, {
    title: `${preferred.name} loses power`,
    ...{ load, takeover: away, since: cutAt, from: preferred, to: other },
    fault: faultOn(preferred, fault),
  })
  await measureRefresh(c, cluster, other, away.firstAdvert)

  const again = await steady(cluster, cluster.client, { url: cluster.url(), perSecond: 5, limitMs: 240_000 })
  c.say(`${preferred.name} boots again`)
  const poweredAt = cluster.clock.now()
  await fault.heal()
  const back = await waitForTakeover(c, cluster, other, poweredAt, 60_000)
  const waitedMs = await startToMasterMs(preferred)
  const startedAt = after(back.firstAdvert.at, -waitedMs)
  await c.measure(cluster, {
    name: 'master again after keepalived starts',
    value: waitedMs,
    window: windows.vrrpPreempt({ node: preferred.name }, 'start'),
    since: startedAt,
    of: [preferred],
    note: "by the node's own journal",
  })
  c.waited(waitedMs)
  await closeFailover(c, cluster, {
    ...{ title: `${preferred.name} returns`, name: 'return' },
    ...{ load: again, takeover: back, since: startedAt, from: other, to: preferred },
    fault: { at: startedAt, kind: 'start', label: 'keepalived is up, by its journal', node: preferred.name },
  })
  await cluster.wire.waitFor(advertOf(preferred), { since: after(back.firstAdvert.at, 500), timeoutMs: 5_000 })
  c.check(`${preferred.name} holds the VIP again, ${other.name} does not`, (await cluster.vip.owner()) === preferred)
  await measureRefresh(c, cluster, preferred, back.firstAdvert)
  const { served, failed } = await shares(cluster, 8)
  c.check('the service goes on', failed === 0 && served.size > 0, `${failed} of 8 requests failed`)
}
