import { setTimeout } from 'node:timers/promises'
import { standstillWords, type Cluster, type Node } from '../../cluster/index.ts'
import { withoutPrefix } from '../../topology/index.ts'
import { LvslabError, messageOf } from '../../errors.ts'
import type { NodeStatus, Status } from '../control/status-schema.ts'
import type { ActiveFault } from './fault-book.ts'
import { probeCommand, readProbe, type NodeView } from './node-probe.ts'

/** How long a node is waited for before it counts as one that does not answer; longer by what the host let it wait. */
const ANSWER_TIMEOUT_MS = 3_000
/** So many times that at most: a person is waiting. */
const MOST_TIMES = 4

export interface Observed {
  readonly node: Node
  readonly state: NodeStatus['state']
  readonly reason?: string
  readonly view?: NodeView
}

/** Looks at nodes side by side, by default at all. One whose processor stands still is not asked: it could not answer. */
export function observeNodes(
  cluster: Cluster,
  frozen: ReadonlySet<string>,
  nodes: readonly Node[] = cluster.nodes,
): Promise<Observed[]> {
  return Promise.all(nodes.map((node) => observe(cluster, node, frozen.has(node.name))))
}

async function observe(cluster: Cluster, node: Node, isFrozen: boolean): Promise<Observed> {
  if (!node.running) return { node, state: 'off' }
  if (isFrozen || node.standstill === 'frozen') return { node, state: 'frozen' }
  // It would not answer, and to wait for that takes long.
  if (node.standstill !== undefined)
    return { node, state: 'no answer', reason: `it ${standstillWords(node.standstill)}` }
  const ended = new AbortController()
  try {
    // The command may go on for longer than anybody waits for it, so its own end must not be a surprise to anybody.
    const asked = node.run(probeCommand(node), { timeoutMs: 2 * MOST_TIMES * ANSWER_TIMEOUT_MS })
    asked.catch(() => undefined)
    const result = await Promise.race([asked, patience(cluster, node, ended.signal)])
    if (typeof result === 'number') {
      return { node, state: 'no answer', reason: `nothing within ${Math.round(result / 1000)} s` }
    }
    return { node, state: 'running', view: readProbe(node, result.stdout) }
  } catch (error) {
    if (!node.running) return { node, state: 'off' }
    const reason = error instanceof LvslabError && error.seen !== undefined ? error.seen : messageOf(error)
    return { node, state: 'no answer', reason }
  } finally {
    ended.abort()
  }
}

/** Lets as much time go by as a machine is given to answer; answers how much that was, ms. */
async function patience(cluster: Cluster, node: Node, signal: AbortSignal): Promise<number> {
  const since = cluster.clock.now()
  let untilMs = ANSWER_TIMEOUT_MS
  for (let waitedMs = 0; waitedMs < untilMs;) {
    await setTimeout(untilMs - waitedMs, undefined, { signal })
    waitedMs = untilMs
    const { machineMs } = await cluster.lateness(since, { machines: [node.name] })
    untilMs = Math.min(ANSWER_TIMEOUT_MS + machineMs, MOST_TIMES * ANSWER_TIMEOUT_MS)
  }
  return untilMs
}

/** Whether a node that was looked at has an address, on an interface other than lo. */
export function holds({ view }: Observed, address: string): boolean {
  return Object.entries(view?.addresses ?? {}).some(
    ([name, list]) => name !== 'lo' && list.some((entry) => withoutPrefix(entry) === address),
  )
}

/** What does not change while a cluster is up. */
export type StatusHead = Pick<Status, 'name' | 'pid' | 'startedAt' | 'boot' | 'host' | 'evidence'>

export function statusOf(
  head: StatusHead,
  cluster: Cluster,
  observed: readonly Observed[],
  faults: readonly ActiveFault[],
): Status {
  const { topology, clock } = cluster
  const now = clock.now()
  return {
    schema: 'lvslab.status/1',
    ...head,
    topology: topology.name,
    title: topology.title,
    folder: topology.folder,
    upMs: Math.round(Date.now() - Date.parse(head.startedAt)),
    nodes: observed.map(({ node, state, reason, view }) => ({
      name: node.name,
      roles: [...node.spec.roles],
      state,
      ...(reason === undefined ? {} : { reason }),
      addresses: view?.addresses ?? {},
      services: view?.services ?? [],
    })),
    vips: cluster.vips.map((vip) => {
      const last = cluster.wire
        .adverts({ network: vip.spec.network })
        .findLast(
          ({ priority, addresses }) => priority > 0 && (addresses.length === 0 || addresses.includes(vip.address)),
        )
      const sender = last && cluster.nodeByMac(last.srcMac)
      const byWire = sender ?? (last ? vip.ownerByWire() : undefined)
      return {
        address: vip.address,
        owners: observed.filter((one) => vip.candidates.includes(one.node) && holds(one, vip.address)).map(nameOf),
        ...(byWire ? { ownerByWire: byWire.name } : {}),
        ...(last ? { lastAdvertAgoMs: Math.round(now - last.at) } : {}),
      }
    }),
    tables: observed.flatMap(({ node, view }) =>
      view?.table === undefined
        ? []
        : [{ node: node.name, services: view.table.map((table) => named(cluster, table)) }],
    ),
    faults: faults.map(({ id, kind, fault }) => ({
      id,
      kind,
      target: fault.target,
      at: new Date(clock.epochMs + fault.at).toISOString(),
      agoMs: Math.round(now - fault.at),
    })),
    unplugged: faults.filter(({ kind }) => kind === 'unplug').map(({ fault }) => fault.target),
    captures: cluster.captures.map(({ network, path }) => ({ network, path })),
  }
}

type TableService = NonNullable<NodeView['table']>[number]

/** Says of each real server which node has its address. */
function named(
  cluster: Cluster,
  { realServers, ...service }: TableService,
): Status['tables'][number]['services'][number] {
  return {
    ...service,
    realServers: realServers.map((server) => {
      const node = cluster.nodes.find((one) => one.hasAddress(server.address))
      return { ...server, ...(node ? { node: node.name } : {}) }
    }),
  }
}

function nameOf({ node }: Observed): string {
  return node.name
}
