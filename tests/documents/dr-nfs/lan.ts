import type { ClusterTime } from '../../../src/clock.ts'
import type { Cluster, Node } from '../../../src/cluster/index.ts'
import type { ArpEvent } from '../../../src/fabric/index.ts'

/** Broadcasts ARP requests for an address, a second apart, whoever answers; the client forgets what it knew. */
export async function askWhoHas(client: Node, address: string, count: number): Promise<void> {
  const nic = nicOf(client)
  await client.run(`ip neigh flush dev ${nic}; arping -q -b -c ${count} -w ${count + 5} -I ${nic} ${address}`)
}

export function arps(cluster: Cluster, since: ClusterTime): ArpEvent[] {
  return cluster.wire.within({ since }).filter((event): event is ArpEvent => event.type === 'arp' && !event.gratuitous)
}

export function isBroadcast({ dstMac }: ArpEvent): boolean {
  return dstMac === 'ff:ff:ff:ff:ff:ff'
}

export function nicOf(node: Node): string {
  return node.spec.interfaces[0]!.name
}

export function nameOf(cluster: Cluster, mac: string | undefined): string {
  return cluster.nodeByMac(mac)?.name ?? mac ?? 'nobody'
}
