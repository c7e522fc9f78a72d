import type { ClusterTime } from '../../../src/clock.ts'
import type { Cluster, Director } from '../../../src/cluster/index.ts'
import type { Connection } from '../../../src/load/index.ts'

// Who else saw where a connection went. Under NAT the client's address and port are the same on both sides.

function keyOf(ip: string, port: number): string {
  return `${ip}:${port}`
}

/** The server of each connection in the kernel's table of connections; closed ones stay there for a minute or two. */
export async function atDirector(
  director: Director,
  connections: readonly Connection[],
): Promise<(string | undefined)[]> {
  const table = await director.connectionTable()
  const servers = new Map(table.map((entry) => [keyOf(entry.clientIp, entry.clientPort), entry.serverIp]))
  return connections.map(({ clientIp, localPort }) => servers.get(keyOf(clientIp, localPort)))
}

/** The server to which the first SYN of each connection was sent on a network. */
export function onTheWire(
  cluster: Cluster,
  network: string,
  connections: readonly Connection[],
  since: ClusterTime,
): (string | undefined)[] {
  const servers = new Map<string, string>()
  for (const event of cluster.wire.within({ since })) {
    if (event.type !== 'tcp' || event.network !== network || !event.syn || event.ack) continue
    const key = keyOf(event.srcIp, event.srcPort)
    if (!servers.has(key)) servers.set(key, event.dstIp)
  }
  return connections.map(({ clientIp, localPort }) => servers.get(keyOf(clientIp, localPort)))
}

/** Waits until the client's FIN of each has left the director for its server: the kernel counts it as inactive by then. */
export async function untilClosed(
  cluster: Cluster,
  network: string,
  connections: readonly Connection[],
  since: ClusterTime,
): Promise<void> {
  for (const { clientIp, localPort } of connections) {
    await cluster.wire.waitFor(
      {
        description: `the end of the connection from ${clientIp}:${localPort} on ${network}`,
        match: (event) =>
          event.type === 'tcp' &&
          event.network === network &&
          (event.fin || event.rst) &&
          event.srcIp === clientIp &&
          event.srcPort === localPort,
        related: (event) => event.type === 'tcp',
      },
      { since, timeoutMs: 5_000 },
    )
  }
}
