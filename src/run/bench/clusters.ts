import { join } from 'node:path'
import { loadTopology, type NodeSpec, type Topology } from '../../topology/index.ts'
import { loadTools } from './load-tools.ts'

/** Where the real servers of the scale section are: addresses of their own on two machines. */
export interface ServerPlan {
  readonly node: string
  readonly address: string
}

/** As many as fit beside everything else in the last octet; the largest size. */
export const MOST_SERVERS = 64
const FIRST_OCTET = 128

/** Addresses for real servers that share machines, in turns. */
export function serverPlan(nodes: readonly string[], networkPrefix: string, count = MOST_SERVERS): ServerPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    node: nodes[index % nodes.length]!,
    address: `${networkPrefix}.${FIRST_OCTET + index}`,
  }))
}

/** The same cluster with those addresses, and with the load generator in its client. */
export async function forwardingCluster(directory: string): Promise<{ topology: Topology; servers: ServerPlan[] }> {
  const bare = await loadTopology(join(import.meta.dirname, 'clusters', 'forwarding'))
  const servers = serverPlan(['web-1', 'web-2'], '192.168.10')
  const tools = await loadTools(directory)
  const nodes = withServers(bare.nodes, servers).map((node) =>
    node.roles.includes('client') ? { ...node, files: [...node.files, ...tools] } : node,
  )
  return { topology: { ...bare, nodes }, servers }
}

/** Document 004's cluster with room for many real servers. */
export async function failoverCluster(): Promise<{ topology: Topology; servers: ServerPlan[] }> {
  const bare = await loadTopology('dr-vrrp')
  const servers = serverPlan(['node-1', 'node-2'], '192.168.88')
  return { topology: { ...bare, nodes: withServers(bare.nodes, servers) }, servers }
}

/** Each node with its part of the addresses as further ones of its first interface. */
export function withServers(nodes: readonly NodeSpec[], servers: readonly ServerPlan[]): NodeSpec[] {
  return nodes.map((node) => {
    const aliases = servers.filter((server) => server.node === node.name).map(({ address }) => `${address}/24`)
    const [first, ...rest] = node.interfaces
    if (first === undefined || aliases.length === 0) return node
    return { ...node, interfaces: [{ ...first, aliases: [...first.aliases, ...aliases] }, ...rest] }
  })
}
