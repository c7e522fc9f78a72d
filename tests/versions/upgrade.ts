import { after, type ClusterTime } from '../../src/clock.ts'
import { carryKeepalived, installKeepalived, startedVersion, type Cluster, type Node } from '../../src/cluster/index.ts'
import { upstreamVersion, type KeepalivedTree } from '../../src/image/index.ts'
import { CURLS, steady, type Request, type SteadyLoad } from '../../src/load/index.ts'
import { Skip, type ClaimContext } from '../../src/run/claim-context.ts'
import type { Window } from '../../src/verdict/index.ts'
import { recordFailover } from '../support/failover.ts'
import { advertOf, startToMasterMs, waitForTakeover } from '../support/steps.ts'

/** A step of the upgrade, and for how long nobody need answer in it. */
interface Step {
  readonly name: string
  readonly since: ClusterTime
  readonly until: ClusterTime
  readonly silence: Pick<Window, 'maxMs' | 'formula' | 'source'>
}

/** Nothing that a client sees is touched. */
const NONE: Step['silence'] = {
  maxMs: 0,
  formula: 'the backup forwards nothing',
  source: 'RFC 3768 6.4.2: a backup does not accept packets for the VIP',
}

/** Both are upgraded, and nothing is done to either. */
const DONE: Step['silence'] = { maxMs: 0, formula: 'nothing moves any more', source: 'the upgrade is done' }

/** A master that gives way hears the other one's first advert, and the network learns of it by gratuitous ARP. */
const SETTLED_MS = 2_000

/**
 * The backup first: stopped, the other version installed, started. Then the master: while it is stopped the backup serves,
 * and when it is back it takes the VIP again. A client asks all the while.
 */
export async function rollingUpgrade(c: ClaimContext): Promise<void> {
  const [first, second] = c.topology.vips[0]!.candidates.map((name) => ({ name }))
  const [oldWish, newWish] = [c.wishFor(first!).keepalived, c.wishFor(second!).keepalived]
  const tree = await c.keepalivedTree(newWish)
  const cluster = await c.boot({ versions: { keepalived: oldWish } })
  const [master, backup] = cluster.vip.candidates as [Node, Node]
  const before = cluster.versions.get(master.name)!.keepalived
  if (before === tree.version) {
    throw new Skip(`an upgrade needs two versions, not ${tree.version} twice: --keepalived master=OLD,backup=NEW`)
  }
  c.alwaysHealthy(cluster, { overlapMs: 1_200 })
  c.say(`carrying keepalived ${tree.version} to both`)
  await Promise.all([master, backup].map((node) => carryKeepalived(node, tree)))
  const load = await steady(cluster, cluster.client, { url: cluster.url(), limitMs: 240_000 })

  c.say(`upgrading ${backup.name}, the backup`)
  const beganAt = cluster.clock.now()
  await backup.service('keepalived').stop()
  await installKeepalived(cluster, backup, tree)
  await backup.service('keepalived').start()
  await untilItServes(cluster, backup)
  await checkStarted(c, backup, tree)
  await cluster.clock.until(after(cluster.clock.now(), SETTLED_MS))

  c.say('switching over')
  const stoppedAt = cluster.clock.now()
  await master.service('keepalived').stop()
  const away = await waitForTakeover(c, cluster, master, stoppedAt)
  const resign = (await c.windows).vrrpResign({ from: master.name, to: backup.name })
  await c.measure(cluster, {
    name: `takeover of ${backup.name} after the resigning advert`,
    value: away.gapMs,
    window: resign,
    since: away.lastAdvert!.at,
    of: [backup],
    note: `keepalived ${tree.version}, from ${before}`,
  })
  c.waited(away.gapMs)
  c.check(`${master.name} says that it leaves (priority 0)`, away.resigned)
  const resigning = { name: 'keepalived stops, until its resigning advert', value: away.lastAdvert!.at - stoppedAt }
  await c.measure(cluster, resigning)

  c.say(`upgrading ${master.name}, which was the master`)
  await installKeepalived(cluster, master, tree)
  const startedAt = cluster.clock.now()
  await master.service('keepalived').start()
  const back = await waitForTakeover(c, cluster, backup, startedAt, 20_000)
  const windows = await c.windows
  const waitedMs = await startToMasterMs(master)
  await c.measure(cluster, {
    name: `return of ${master.name} after its keepalived starts`,
    value: waitedMs,
    window: windows.vrrpPreempt({ node: master.name }, 'start'),
    since: after(back.firstAdvert.at, -waitedMs),
    of: [master],
    note: `keepalived ${tree.version}, by the node's own journal`,
  })
  c.waited(waitedMs)
  await checkStarted(c, master, tree)
  await cluster.wire.waitFor(advertOf(master), { since: after(back.firstAdvert.at, 500), timeoutMs: 5_000 })
  await cluster.clock.until(after(cluster.clock.now(), SETTLED_MS))
  c.check(`${master.name} holds the VIP again, ${backup.name} does not`, (await cluster.vip.owner()) === master)

  const until = cluster.clock.now()
  const requests = await load.stop()
  const since = after(back.firstAdvert.at, -1_000)
  const backAt = after(back.firstAdvert.at, SETTLED_MS)
  const yieldWindow = windows.vrrpYield({ from: backup.name, to: master.name })
  await countLost(c, cluster, { load, requests }, [
    { name: "the backup's upgrade", since: beganAt, until: stoppedAt, silence: NONE },
    {
      ...{ name: 'the switch-over', since: stoppedAt, until: since },
      silence: {
        maxMs: resigning.value + resign.maxMs,
        formula: `${resigning.value.toFixed(0)} ms until the resigning advert, then ${resign.formula}`,
        source: resign.source,
      },
    },
    { name: 'the return', since, until: backAt, silence: yieldWindow },
    { name: 'what follows', since: backAt, until, silence: DONE },
  ])
  const handovers = [
    {
      title: 'the old master is stopped for its upgrade',
      name: 'switch-over',
      from: master,
      to: backup,
      takeover: away,
    },
    { title: 'it returns with the other version', name: 'return', from: backup, to: master, takeover: back },
  ]
  const spans = [
    {
      since: stoppedAt,
      until: since,
      fault: { at: stoppedAt, kind: 'stop', label: 'keepalived is stopped', node: master.name },
    },
    {
      since,
      until: backAt,
      fault: { at: since, kind: 'start', label: 'a second before its first advert', node: master.name },
    },
  ]
  for (const [index, handover] of handovers.entries()) {
    const { until: end, ...span } = spans[index]!
    const own = requests.filter(({ at }) => at >= beganAt && at < end)
    await recordFailover(c, cluster, { ...handover, ...span, load }, { requests: own, until: end })
  }
}

/** Its table has every real server, as far as a backup shows that it is ready to be master. */
async function untilItServes(cluster: Cluster, node: Node): Promise<void> {
  const director = cluster.director(node)
  for (const { address, port } of cluster.service.realServers) await director.untilPresent(address, port, 20_000)
}

async function checkStarted(c: ClaimContext, node: Node, { version }: KeepalivedTree): Promise<void> {
  const started = await startedVersion(node)
  const text = `${node.name} runs keepalived ${version} from then on`
  c.check(text, started === upstreamVersion(version), `by its journal: v${started ?? '?'}`)
}

/** Requests that nobody answered, by the steps in which they began, each against what its windows allow. */
async function countLost(
  c: ClaimContext,
  cluster: Cluster,
  { load, requests }: { readonly load: SteadyLoad; readonly requests: readonly Request[] },
  steps: readonly Step[],
): Promise<void> {
  const intervalMs = load.intervalMs
  for (const { name, since, until, silence } of steps) {
    const own = requests.filter(({ at }) => at >= since && at < until)
    const most = silence.maxMs === 0 ? 0 : Math.ceil(silence.maxMs / intervalMs) + CURLS
    const underWay = `, and ${CURLS} under way at its beginning`
    await c.measure(cluster, {
      ...{ name: `requests lost in ${name}`, value: own.filter(({ ok }) => !ok).length, unit: 'requests' },
      window: {
        ...{ name: 'requests lost', minMs: 0, maxMs: most, from: 'the step begins', to: 'it ends' },
        formula: `one per ${intervalMs} ms of at most ${silence.maxMs.toFixed(0)} ms${most === 0 ? '' : underWay}: ${silence.formula}`,
        source: silence.source,
      },
      ...{ since, until, decisiveMs: intervalMs },
      note: `of ${own.length} in ${((until - since) / 1000).toFixed(1)} s`,
    })
  }
  const lost = requests.filter(({ ok }) => !ok).length
  await c.measure(cluster, {
    ...{ name: 'requests lost in all', value: lost, unit: 'requests', note: `of ${requests.length}` },
  })
}
