import type { ClusterTime } from '../../../src/clock.ts'
import type { Cluster } from '../../../src/cluster/index.ts'
import type { TcpEvent } from '../../../src/fabric/index.ts'

// FTP as the wire shows it on the two sides of a director.

/** Where the server says that it listens: 227's address and port (RFC 959 section 4.2), 229's port (RFC 2428 section 3). */
export interface PassiveReply {
  readonly event: TcpEvent
  readonly address?: string
  readonly port: number
}

function segments(cluster: Cluster, network: string, since: ClusterTime): TcpEvent[] {
  return cluster.wire.segments({ since }).filter((one) => one.network === network)
}

export function passiveReplies(cluster: Cluster, network: string, since: ClusterTime): PassiveReply[] {
  return segments(cluster, network, since).flatMap((event) => {
    const extended = /^229 .*\(\|\|\|(\d+)\|\)/.exec(event.ftp ?? '')
    if (extended) return [{ event, port: Number(extended[1]) }]
    const plain = /^227 .*\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)/.exec(event.ftp ?? '')
    if (!plain) return []
    const [, address = '', high, low] = plain
    return [{ event, address: address.replaceAll(',', '.'), port: Number(high) * 256 + Number(low) }]
  })
}

/** SYNs of data connections: neither web nor FTP control. */
export function dataSyns(cluster: Cluster, network: string, since: ClusterTime): TcpEvent[] {
  const others = [21, 80]
  return segments(cluster, network, since).filter(
    ({ syn, ack, srcPort, dstPort }) => syn && !ack && !others.includes(srcPort) && !others.includes(dstPort),
  )
}

/** "from > to", sorted: two sides of a director compare by it. `names` gives other names to addresses. */
export function ways(events: readonly TcpEvent[], names: (ip: string) => string = (ip) => ip): string[] {
  return events
    .map(({ srcIp, srcPort, dstIp, dstPort }) => `${names(srcIp)}:${srcPort} > ${names(dstIp)}:${dstPort}`)
    .sort()
}
