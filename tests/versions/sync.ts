import type { ClusterTime } from '../../src/clock.ts'
import { vary, type Cluster, type Node } from '../../src/cluster/index.ts'
import { KEEPALIVED_CONF_PATH } from '../../src/topology/index.ts'
import { powerCut } from '../../src/fault/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { failoverTimeline } from '../../src/verdict/index.ts'
import { faultOn } from '../support/failover.ts'
import { waitForTakeover } from '../support/steps.ts'
import { knownTo, layPage, segmentsOf, startDownload, type Download, type DownloadEnd } from './download.ts'
import { checkVersions } from './pair.ts'

/** IPVS's sync daemons talk on this port (ip_vs_sync.c, IP_VS_SYNC_PORT). */
const SYNC_PORT = 8848

/** A connection is told of at its third packet and every fifty after (sync_threshold), in a buffer that waits up to 2 s. */
const SYNC_TIMEOUT_MS = 12_000

interface Failover {
  readonly cluster: Cluster
  readonly from: Node
  readonly to: Node
  readonly download: Download
  readonly end: DownloadEnd
  readonly sha256: string
  readonly cutAt: ClusterTime
  /** What the successor's kernel knew of the connection before it was needed. */
  readonly known: { server: string; state: string } | undefined
}

/** A download during which the master loses power. */
async function downloadThroughFailover(c: ClaimContext, cluster: Cluster, synchronised: boolean): Promise<Failover> {
  const windows = await c.windows
  const [from, to] = cluster.vip.candidates as [Node, Node]
  await checkVersions(c, cluster, [from, to])
  const sha256 = await layPage(cluster)
  const download = await startDownload(cluster)
  const own = await knownTo(cluster, from, download.localPort)
  c.check(`${from.name} forwards the download`, own !== undefined, own && `to ${own.server}, ${own.state}`)
  c.say(synchronised ? `waiting until ${to.name} knows the connection` : 'letting the download go on for a while')
  const known = await untilKnown(cluster, to, download)

  const cutAt = cluster.clock.now()
  const fault = await powerCut(cluster, from)
  const takeover = await waitForTakeover(c, cluster, from, cutAt)
  await c.measure(cluster, {
    name: 'takeover after the last advert',
    value: takeover.gapMs,
    window: windows.vrrpTakeover({ from: from.name, to: to.name }),
    since: takeover.lastAdvert!.at,
    of: [to],
  })
  c.waited(takeover.gapMs)
  c.say('waiting for the end of the download')
  const end = await download.ended()
  c.timeline(
    failoverTimeline(cluster, { title: `${from.name} loses power`, fault: faultOn(from, fault), takeover, from, to }),
  )
  await c.measure(cluster, {
    ...{ name: 'bytes of the download', value: end.bytes, unit: 'bytes' },
    note: `of ${download.bytes}; curl exit code ${end.exitCode} after ${(end.durationMs / 1000).toFixed(1)} s`,
  })
  return { cluster, from, to, download, end, sha256, cutAt, known }
}

/** With it the backup knows the connection before it is master, and carries it on. */
export async function survives(c: ClaimContext): Promise<void> {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const [master, backup] = cluster.vip.candidates as [Node, Node]
  await checkDaemon(c, master, 'master')
  await checkDaemon(c, backup, 'backup')
  const { from, to, download, end, sha256, known, cutAt } = await downloadThroughFailover(c, cluster, true)
  c.check(
    `${to.name} knew the connection before it was master`,
    known !== undefined,
    known && `to ${known.server}, ${known.state}`,
  )
  const told = syncPackets(cluster, from, cutAt)
  c.check(`it was told by ${from.name}`, told > 0, `${told} packets to port ${SYNC_PORT}`)
  c.check(
    'the download is complete and right',
    end.exitCode === 0 && end.bytes === download.bytes && end.sha256 === sha256,
    `curl exit code ${end.exitCode}, ${end.bytes} of ${download.bytes} bytes${end.error === '' ? '' : `, ${end.error}`}`,
  )
  const segments = segmentsOf(cluster, download)
  const opened = segments.find(({ cable, syn }) => cable.startsWith(`${from.name}:`) && syn)
  const closed = segments.find(({ cable, fin }) => cable.startsWith(`${to.name}:`) && fin)
  c.check(
    `it began by way of ${from.name}, and ended by way of ${to.name}, with the same server`,
    opened !== undefined && closed !== undefined && opened.dstMac === closed.dstMac,
    [opened, closed].map((one) => cluster.nodeByMac(one?.dstMac)?.name ?? 'nobody').join(', then '),
  )
  c.check('nobody reset it', !segments.some(({ rst }) => rst))
  await checkDaemon(c, to, 'master')
}

/** Without it, the successor has never heard of the connection: its kernel answers the next packet by a reset. */
export async function breaks(c: ClaimContext): Promise<void> {
  const topology = await vary(c.topology, 'without-sync', {
    directory: c.directory,
    files: c.topology.vips[0]!.candidates.map((node) => ({
      ...{ node, path: KEEPALIVED_CONF_PATH },
      edit: (text: string) => text.replace(/^.*\blvs_sync_daemon\b.*$/m, ''),
    })),
  })
  const cluster = await c.boot({ topology })
  c.alwaysHealthy(cluster)
  const { from, to, download, end, known, cutAt } = await downloadThroughFailover(c, cluster, false)
  c.check(`${to.name} did not know the connection`, known === undefined, known?.state)
  c.check(`${from.name} told it of none`, syncPackets(cluster, from, cutAt) === 0)
  const resets = segmentsOf(cluster, download).filter(({ rst, srcIp }) => rst && srcIp === cluster.vip.address)
  c.check(
    `${to.name} resets the connection`,
    resets.length > 0 && resets.every(({ cable, at }) => cable.startsWith(`${to.name}:`) && at > cutAt),
    `${resets.length} resets from the VIP`,
  )
  c.check(
    'the download breaks',
    end.exitCode === CURL_RECV_ERROR && end.bytes < download.bytes,
    `curl exit code ${end.exitCode}, ${end.bytes} of ${download.bytes} bytes, ${end.error}`,
  )
}

/** curl(1), EXIT CODES: failure with receiving network data. */
const CURL_RECV_ERROR = 56

/** Waits a while for a director's kernel to hear of a connection that another forwards. */
async function untilKnown(
  cluster: Cluster,
  director: Node,
  { localPort }: Download,
): Promise<{ server: string; state: string } | undefined> {
  const deadline = cluster.clock.now() + SYNC_TIMEOUT_MS
  for (;;) {
    const known = await knownTo(cluster, director, localPort)
    if (known !== undefined || cluster.clock.now() > deadline) return known
    await director.run('sleep 0.2')
  }
}

function syncPackets(cluster: Cluster, from: Node, until: ClusterTime): number {
  return cluster.wire
    .within({ since: 0 as ClusterTime, until })
    .filter((event) => event.type === 'udp' && event.dstPort === SYNC_PORT && event.srcIp === from.address).length
}

/** Which of its two sync daemons a director's kernel runs: ipvsadm(8), --list --daemon. */
async function checkDaemon(c: ClaimContext, node: Node, state: 'master' | 'backup'): Promise<void> {
  const listed = await node.succeed('ipvsadm --list --daemon')
  c.check(
    `${node.name} runs the ${state} sync daemon, and it alone`,
    new RegExp(`^${state} sync`).test(listed) && !listed.includes('\n'),
    listed,
  )
}
