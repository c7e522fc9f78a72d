import { after, type ClusterTime } from '../../../src/clock.ts'
import type { Cluster, Director } from '../../../src/cluster/index.ts'

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

/**
 * Waits until a client's template is no longer in the director's table, 10 s at most. The guest itself
 * looks, without starting a program but sleep, and counts the time from its beginning to its last sight of it: what its
 * word takes to come here is not in that.
 *
 * The shell reads byte by byte, and the kernel finds its place again by counting entries (ip_vs_conn.c,
 * ip_vs_conn_array): where a connection ends amid that, the entry behind it is skipped. What it did not see is gone only
 * when a second look does not see it either.
 */
export async function untilForgotten(cluster: Cluster, { node }: Director, clientIp: string): Promise<Forgotten> {
  const bytes = clientIp.split('.').map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
  const script = `
    known() {
      while read -r protocol from port rest; do
        [ "$from $port" = '${bytes.join('')} 0000' ] && return 0
      done </proc/net/ip_vs_conn
      return 1
    }
    read -r up _ </proc/uptime
    began=\${up%.*}\${up#*.}
    seen=0
    while read -r up _ </proc/uptime; now=\${up%.*}\${up#*.}; [ $now -lt $((began + 1000)) ]; do
      known || known || break
      seen=$((now - began))
      sleep 0.02
    done
    echo $seen`
  const began = cluster.clock.now()
  const hundredths = await node.succeed(script, { timeoutMs: 20_000, pollMs: 10 })
  const goneAt = cluster.clock.now()
  // Cut off as both times are, their difference may be too long by a hundredth.
  return { seenAt: after(began, Math.max(0, Number(hundredths) - 1) * 10), goneAt }
}
