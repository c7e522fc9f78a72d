import path from 'node:path'
import { parseEndpoint } from './ipv4.ts'
import { MacPlan } from './mac.ts'
import type { NodeSpec, Topology, Vip, VirtualService } from './model.ts'
import type { NodeEntry, TopologyFile, VipEntry, VirtualServiceEntry } from './schema.ts'

/** Turns a checked file into the model that everything else works with. */
export function planTopology(file: TopologyFile, folder: string): Topology {
  const macs = new MacPlan(file.name)
  return {
    name: file.name,
    title: file.title,
    ...(file.document === undefined ? {} : { document: file.document }),
    ...(file.group === undefined ? {} : { group: file.group }),
    notes: file.notes,
    folder,
    networks: Object.entries(file.networks).map(([name, { cidr, kind }]) => ({ name, cidr, kind })),
    nodes: Object.entries(file.nodes).map(([name, node]) => planNode(name, node, folder, macs)),
    vips: file.vips.map(planVip),
    claims: file.claims,
    virtualServices: file['virtual-services'].map(planVirtualService),
  }
}

function planNode(name: string, node: NodeEntry, folder: string, macs: MacPlan): NodeSpec {
  return {
    name,
    roles: node.roles,
    interfaces: Object.entries(node.interfaces).map(([interfaceName, { network, address, aliases }]) => ({
      name: interfaceName,
      network,
      address,
      aliases,
      mac: macs.next(name, interfaceName),
    })),
    ...(node.gateway === undefined ? {} : { gateway: node.gateway }),
    routes: Object.entries(node.routes).map(([to, via]) => ({ to, via })),
    loopback: node.loopback,
    tunnel: node.tunnel,
    sysctls: Object.fromEntries(Object.entries(node.sysctls).map(([key, value]) => [key, String(value)])),
    files: Object.entries(node.files).map(([guestPath, entry]) => {
      const { from, mode } = typeof entry === 'string' ? { from: entry, mode: '0644' } : entry
      return { guestPath, hostPath: path.resolve(folder, from), mode: mode.padStart(4, '0') }
    }),
    mounts: Object.entries(node.mounts).map(([at, entry]) => {
      const { from, options } = typeof entry === 'string' ? { from: entry, options: '' } : entry
      return { from, at, options }
    }),
    services: node.services,
    scripts: node.scripts,
    memoryMiB: node.memory,
  }
}

function planVip({ address, network, interface: interfaceName, candidates }: VipEntry): Vip {
  const [plain = address, prefix] = address.split('/')
  return { address: plain, prefix: Number(prefix), network, interface: interfaceName, candidates }
}

function planVirtualService(service: VirtualServiceEntry): VirtualService {
  const timeout = service['persistence-timeout']
  return {
    ...endpoint(service.address),
    protocol: service.protocol,
    scheduler: service.scheduler,
    forwarding: service.forwarding,
    ...(timeout === undefined ? {} : { persistenceTimeoutS: timeout }),
    realServers: service['real-servers'].map(({ node, address, weight }) => ({ node, ...endpoint(address), weight })),
  }
}

function endpoint(text: string): { address: string; port: number } {
  const parsed = parseEndpoint(text)
  if (parsed === undefined) throw new TypeError(`checked topology has a bad endpoint "${text}"`)
  return parsed
}
