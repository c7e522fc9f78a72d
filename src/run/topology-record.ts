import type { Topology } from '../topology/index.ts'
import type { TopologyRecord } from './record.ts'

/** As much of a topology as reports draw. */
export function topologyRecord(topology: Topology): TopologyRecord {
  const { name, title, document, notes, networks, nodes, vips } = topology
  return {
    name,
    title,
    ...(document === undefined ? {} : { document }),
    notes,
    networks,
    nodes: nodes.map((node) => ({
      name: node.name,
      roles: node.roles,
      interfaces: node.interfaces.map((nic) => ({ name: nic.name, network: nic.network, address: nic.address })),
    })),
    vips: vips.map((vip) => ({ address: vip.address, interface: vip.interface })),
  }
}
