import { after, type ClusterTime } from '../../../src/clock.ts'
import { hexAddress, hexPort, watchTable, type Cluster, type Director } from '../../../src/cluster/index.ts'

type Connection = Awaited<ReturnType<Director['connectionTable']>>[number]

/** Whether an entry stands for a client, not for one connection. */
export function isTemplate({ clientPort }: Connection): boolean {
  return clientPort === 0
}

export function templatesOf(table: readonly Connection[], clientIp: string): Connection[] {
  return table.filter((entry) => isTemplate(entry) && entry.clientIp === clientIp)
}

/** When something was seen for the last time, and when it was first seen gone, on the cluster's clock. */
export interface Forgotten {
  /** Or when the first look was, of one that nobody saw. */
  readonly seenAt: ClusterTime
  /** At this moment, or before, it was; of one that stays, when nobody looked any more. */
  readonly goneAt: ClusterTime
}

/** Waits until a client's template is no longer in the director's table, 10 s at most. */
export async function untilForgotten(cluster: Cluster, { node }: Director, clientIp: string): Promise<Forgotten> {
  const began = cluster.clock.now()
  const { notYetMs } = await watchTable(node, {
    file: '/proc/net/ip_vs_conn',
    pattern: ` ${hexAddress(clientIp)} ${hexPort(0)} `,
    wanted: 'absent',
    timeoutMs: 10_000,
  })
  const goneAt = cluster.clock.now()
  // Cut off as both of the guest's times are, their difference may be too long by a hundredth.
  return { seenAt: after(began, Math.max(0, notYetMs - 10)), goneAt }
}
