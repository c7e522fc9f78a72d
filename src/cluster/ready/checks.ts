import type { EngineCluster } from '../../engine/engine.ts'
import { withoutPrefix, type KeepalivedConf, type Topology } from '../../topology/index.ts'

/** RFC 792. */
const ECHO_REPLY = 0

/** Waits until each health check of these directors has been answered once. */
export async function checksSucceed(
  cluster: EngineCluster,
  confs: ReadonlyMap<string, KeepalivedConf>,
  timeoutMs: number,
): Promise<void> {
  for (const [name, conf] of confs) {
    const checked = conf.virtualServers.flatMap(({ port, realServers }) =>
      realServers
        .filter(({ checkers }) => checkers.length > 0)
        .map((server) => ({
          address: server.address,
          port: server.port ?? port ?? 0,
          ping: server.checkers.every(({ kind }) => kind === 'PING_CHECK'),
        })),
    )
    for (const { address, port, ping } of checked) {
      const ips = addressesOf(cluster.topology, name)
      await cluster.wire.waitFor(
        {
          description: `a health check of ${address}:${port} by ${name} that is answered`,
          match: (event) =>
            ping
              ? event.type === 'icmp' &&
                event.icmpType === ECHO_REPLY &&
                event.srcIp === address &&
                ips.includes(event.dstIp)
              : event.type === 'tcp' &&
                event.syn &&
                event.ack &&
                event.srcIp === address &&
                event.srcPort === port &&
                ips.includes(event.dstIp),
        },
        { since: 0 as never, timeoutMs },
      )
    }
  }
}

function addressesOf(topology: Topology, node: string): string[] {
  const spec = topology.nodes.find(({ name }) => name === node)
  return spec?.interfaces.map(({ address }) => withoutPrefix(address)) ?? []
}
