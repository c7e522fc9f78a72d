import ipaddr from 'ipaddr.js'
import type { TopologyRecord } from '../../run/record.ts'

export type NodeRecord = TopologyRecord['nodes'][number]

/** The network that an address lies in, by index; -1 when in none. */
export function networkOf(topology: TopologyRecord, address: string): number {
  return topology.networks.findIndex(({ cidr }) => {
    try {
      return ipaddr.parse(address).match(ipaddr.parseCIDR(cidr))
    } catch {
      return false
    }
  })
}

/** The VIPs that a node may hold: those of a director's own interface. */
export function vipsOf(topology: TopologyRecord, node: NodeRecord): string[] {
  if (!node.roles.includes('director')) return []
  return topology.vips
    .filter((vip) => {
      const network = topology.networks[networkOf(topology, vip.address)]?.name
      const on = node.interfaces.filter((own) => own.name === vip.interface)
      return network === undefined ? on.length > 0 : on.some((own) => own.network === network)
    })
    .map((vip) => vip.address)
}

/** Indices of the networks that a node is on, ascending. */
export function networksOf(topology: TopologyRecord, node: NodeRecord): number[] {
  const all = node.interfaces.map((own) => topology.networks.findIndex(({ name }) => name === own.network))
  return [...new Set(all.filter((index) => index >= 0))].toSorted((a, b) => a - b)
}

/** The VIPs that lie in a network, by its index. */
export function vipsOn(topology: TopologyRecord, network: number): string[] {
  return topology.vips.filter((vip) => networkOf(topology, vip.address) === network).map((vip) => vip.address)
}
