import type { ClusterTime } from '../../clock.ts'
import type { Cluster, Node } from '../../cluster/index.ts'
import { describeTime, type Handshake } from '../../fabric/index.ts'
import { STEP_TOLERANCE_MS } from '../windows/index.ts'
import type { Inspection, Invariant, Look, Review } from './invariant.ts'
import { judgeMisses } from './misses.ts'
import type { TableChange } from './node-report.ts'

interface Endpoint {
  readonly address: string
  readonly port: number
}

/** A server must get no new connection from a director in this span. */
interface Ban {
  readonly director: Node
  readonly server: Endpoint
  readonly service: Endpoint
  readonly from: ClusterTime
  readonly to: ClusterTime
  readonly why: string
}

/** A connection that a server should not have got. */
interface Stray {
  readonly text: string
  readonly ban: Ban
  readonly at: ClusterTime
  readonly afterMs: number
}

/**
 * No request reaches a server that its director has taken out, or given weight 0 (inhibit_on_failure). When that was,
 * keepalived's journal says, by the guest's own clock: bounds of it on the cluster's clock are known, and the later one
 * counts for a removal, the earlier one for the return. A director without keepalived has no such journal.
 */
export const removedServersGetNothing: Inspection = {
  name: 'removed-servers',
  text: 'no new connection reaches a server after its director has removed it',
  look: async ({ cluster, since, until, after }: Review): Promise<Look> => {
    const bans = cluster.withRole('director').flatMap((director) => {
      // A guest's clock that was stopped, or began anew, cannot be set against the cluster's.
      const stopped = cluster.doings.touching(director.name, since, until)
      if (stopped.some(({ what }) => /^(freeze|thaw|powerCut|powerOn|reboot|reset|panic)/.test(what))) return []
      return bansOf(director, after.get(director.name)?.tableChanges ?? [], since, until)
    })
    const strays = bans.flatMap((ban) => straysOf(cluster, ban))
    // What the director was late by since the removal, and no other machine, nor before.
    const misses = strays.map(({ text, afterMs, ban, at }) => ({
      ...{ text, missMs: afterMs, from: ban.from, to: at },
      machines: [ban.director.name],
    }))
    return { ...(await judgeMisses(cluster, misses)), seen: `${bans.length} removals` }
  },
}

function bansOf(director: Node, changes: readonly TableChange[], since: ClusterTime, until: ClusterTime): Ban[] {
  return changes.flatMap((out, index) => {
    const { server, service } = out
    if ((out.change !== 'removed' && out.change !== 'disabled') || !server || !service) return []
    const back = changes
      .slice(index + 1)
      .find((one) => one.change === 'restart' || (isSame(one.server, server) && isSame(one.service, service)))
    const from = Math.max(out.latest, since) as ClusterTime
    const to = Math.min(back?.earliest ?? until, until) as ClusterTime
    return to <= from ? [] : [{ director, server, service, from, to, why: `${out.change} by ${director.name}` }]
  })
}

/** A server that the topology gives weight 0 gets no connection at all (ip_vs_wlc.c and the others skip it). */
export const weight0GetsNothing: Invariant = {
  name: 'weight-0',
  text: 'no connection is scheduled to a server of weight 0',
  violations: (cluster, since, until) =>
    cluster.topology.virtualServices.flatMap((service) =>
      service.realServers
        .filter(({ weight }) => weight === 0)
        .flatMap((server) =>
          cluster
            .withRole('director')
            .flatMap((director) =>
              straysOf(cluster, { director, server, service, from: since, to: until, why: 'of weight 0' }, 0),
            ),
        )
        .map(({ text }) => text)
        .slice(0, 5),
    ),
}

/** Between the decision and its effect on the wire lie the log line and the table: a step. */
function straysOf(cluster: Cluster, ban: Ban, toleranceMs = STEP_TOLERANCE_MS): Stray[] {
  const { director, server, service, from, to, why } = ban
  const macs = new Set(director.spec.interfaces.map(({ mac }) => mac))
  const serverMacs = cluster.nodes
    .filter((node) => node.hasAddress(server.address))
    .flatMap(({ spec }) => spec.interfaces.map(({ mac }) => mac))
  const reached = ({ forwarded }: Handshake): boolean =>
    forwarded.some(
      ({ srcMac, dstMac, dstIp }) => macs.has(srcMac) && (serverMacs.includes(dstMac) || dstIp === server.address),
    )
  return cluster.wire
    .handshakes({ dstIp: service.address, dstPort: service.port }, { since: from, until: to })
    .filter((handshake) => handshake.synAt - from > toleranceMs && reached(handshake))
    .map(({ synAt, clientIp, srcPort }) => ({
      text: `${describeTime(synAt)}: ${clientIp}:${srcPort} was sent to ${server.address}:${server.port}, ${why}`,
      ...{ ban, at: synAt, afterMs: synAt - from },
    }))
}

function isSame(a: Endpoint | undefined, b: Endpoint): boolean {
  return a?.address === b.address && a.port === b.port
}
