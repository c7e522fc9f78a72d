import type { ClusterTime } from '../../../src/clock.ts'
import type { Cluster, Director } from '../../../src/cluster/index.ts'

type Connection = Awaited<ReturnType<Director['connectionTable']>>[number]

/** Whether an entry stands for a client, not for one connection. */
export function isTemplate({ clientPort }: Connection): boolean {
  return clientPort === 0
}

export function templatesOf(table: readonly Connection[], clientIp: string): Connection[] {
  return table.filter((entry) => isTemplate(entry) && entry.clientIp === clientIp)
}

/**
 * Waits until a client's template is no longer in the director's table, 10 s at most: when it was gone, and how long before
 * that it was last seen. The guest itself looks, without starting a program but sleep.
 */
export async function untilForgotten(
  cluster: Cluster,
  { node }: Director,
  clientIp: string,
): Promise<{ readonly at: ClusterTime; readonly unseenMs: number }> {
  const bytes = clientIp.split('.').map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
  const script = `
    read -r up _ </proc/uptime
    seen=\${up%.*}\${up#*.}
    end=$((seen + 1000))
    while read -r up _ </proc/uptime; now=\${up%.*}\${up#*.}; [ $now -lt $end ]; do
      found=no
      while read -r protocol from port rest; do
        [ "$from $port" = '${bytes.join('')} 0000' ] && found=yes
      done </proc/net/ip_vs_conn
      [ $found = no ] && break
      seen=$now
      sleep 0.02
    done
    echo $((now - seen))`
  const hundredths = await node.succeed(script, { timeoutMs: 20_000, pollMs: 10 })
  return { at: cluster.clock.now(), unseenMs: Number(hundredths) * 10 }
}
