import type { ClusterTime } from '../../src/clock.ts'
import {
  journalCommand,
  parseJournal,
  SYNC_JOURNAL,
  type Cluster,
  type Director,
  type Node,
} from '../../src/cluster/index.ts'
import { LvslabError } from '../../src/errors.ts'
import type { EventMatcher, Takeover } from '../../src/fabric/index.ts'
import { burst, countByServer, steady, type Request, type SteadyLoad } from '../../src/load/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { agree, type ExpectedWindows } from '../../src/verdict/index.ts'

/** The virtual router of a topology that has one. */
export async function vridOf(c: ClaimContext, node: Node): Promise<number> {
  const windows = await c.windows
  return windows.instance({ node: node.name }).virtualRouterId
}

/** A healthy cluster with a client that keeps asking: what a failover claim breaks. */
export async function underLoad(c: ClaimContext): Promise<{
  cluster: Cluster
  windows: ExpectedWindows
  master: Node
  backup: Node
  load: SteadyLoad
}> {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const master = await cluster.vip.owner()
  const [backup] = await cluster.vip.others()
  const load = await steady(cluster, cluster.client, { url: cluster.url() })
  return { cluster, windows: await c.windows, master, backup: backup!, load }
}

/** Waits for the first advert of somebody other than `from`, and answers how the VIP went over. */
export async function waitForTakeover(
  c: ClaimContext,
  cluster: Cluster,
  from: Node,
  since: ClusterTime,
  timeoutMs = 15_000,
): Promise<Takeover & { readonly firstAdvert: NonNullable<Takeover['firstAdvert']>; readonly gapMs: number }> {
  const vrid = await vridOf(c, from)
  c.say(`waiting for somebody other than ${from.name} to advertise`)
  await cluster.wire.waitFor(
    {
      description: `an advert of vrid ${vrid} from somebody other than ${from.name}`,
      match: (event) =>
        event.type === 'vrrp' && event.vrid === vrid && event.srcIp !== from.address && event.priority > 0,
      related: (event) => event.type === 'vrrp',
    },
    { since, timeoutMs },
  )
  // The successor's gratuitous ARPs follow its first advert.
  await cluster.wire.waitFor(
    {
      description: `a gratuitous ARP for ${cluster.vip.address} of the successor`,
      match: (event) =>
        event.type === 'arp' &&
        event.gratuitous &&
        event.senderIp === cluster.vip.address &&
        event.senderMac !== from.mac,
      related: (event) => event.type === 'arp',
    },
    { since, timeoutMs: 5_000 },
  )
  const takeover = cluster.wire.takeover({ vrid, since })
  const { firstAdvert, gapMs } = takeover
  if (!firstAdvert || gapMs === undefined) throw new Error('the wire shows no takeover after one was waited for')
  return { ...takeover, firstAdvert, gapMs }
}

/** How long a request may take where it matters that it is answered, and not how soon. */
export const PATIENT_MS = 5_000

/** Requests one after another; how many each server answered and how many failed. Each is given `PATIENT_MS`. */
export async function shares(
  cluster: Cluster,
  count: number,
  options: { readonly url?: string; readonly maxTimeMs?: number; readonly sourceAddress?: string } = {},
): Promise<{ requests: Request[]; served: Map<string, number>; failed: number }> {
  const requests = await burst(cluster, cluster.client, {
    url: cluster.url(),
    count,
    maxTimeMs: PATIENT_MS,
    ...options,
  })
  return { requests, ...countByServer(requests) }
}

/** An advert of this node, as a master sends it. */
export function advertOf(node: Node): EventMatcher {
  return {
    description: `an advert of ${node.name}`,
    match: (event) => event.type === 'vrrp' && event.srcIp === node.address && event.priority > 0,
    related: (event) => event.type === 'vrrp',
  }
}

/**
 * Requests one after another, by two witnesses that must agree: the client by the pages that came, the kernel by the
 * connections that it scheduled. Answers the server of each request, in order.
 */
export async function witnessedShares(
  c: ClaimContext,
  cluster: Cluster,
  director: Director,
  count: number,
): Promise<string[]> {
  await director.zero()
  const { requests, served, failed } = await shares(cluster, count)
  c.check('every request is answered', requests.length === count && failed === 0, `${failed} of ${count} failed`)
  const kernel = await director.connections(count)
  const both = agree(served, kernel)
  c.share('client and kernel count the same', both)
  return requests.map(({ server }) => server ?? 'nobody')
}

/**
 * How long keepalived was in BACKUP STATE after its last start before it became master, ms, by the node's own journal: what
 * the boot of its machine takes is not in it.
 *
 * @throws LvslabError `LVSLAB_E_JOURNAL_LINE`, as a failed assertion, when it says no such thing
 */
export async function startToMasterMs(node: Node): Promise<number> {
  const lines = parseJournal(
    await node.succeed(`${SYNC_JOURNAL} && ${journalCommand({ unit: 'keepalived', lines: 200 })}`),
  )
  const sentMs = (words: string): number => {
    const found = lines.findLast(({ text }) => text.includes(words))
    if (found) return found.sentMs
    throw new LvslabError('assertion', 'LVSLAB_E_JOURNAL_LINE', `keepalived on ${node.name} never logged "${words}"`, {
      tried: 'read its journal',
      seen: lines
        .map(({ text }) => text)
        .slice(-12)
        .join('\n'),
    })
  }
  return sentMs('Entering MASTER STATE') - sentMs('Entering BACKUP STATE (init)')
}
