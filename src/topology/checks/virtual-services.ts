import { parseEndpoint } from '../ipv4.ts'
import type { TopologyFile, VirtualServiceEntry } from '../schema.ts'
import type { YamlPath } from '../yaml-source.ts'
import { checkReference } from './addresses.ts'
import type { Report } from './report.ts'

/** Virtual services: on an address that a director has or may get, served by nodes that are real servers. */
export function checkVirtualServices(report: Report): void {
  const seen = new Map<string, number>()
  report.file['virtual-services'].forEach((service, index) => {
    const path = ['virtual-services', index]
    const endpoint = checkEndpoint(report, [...path, 'address'], service.address)
    const key = `${service.protocol} ${service.address}`
    const earlier = seen.get(key)
    if (earlier !== undefined) {
      const where = report.line(['virtual-services', earlier, 'address'])
      report.value('LVSLAB_E_TOPOLOGY_DUPLICATE', [...path, 'address'], `${key} is here twice (${where})`)
    }
    seen.set(key, index)
    if (endpoint !== undefined && !directorAddresses(report.file).includes(endpoint.address)) {
      report.value(
        'LVSLAB_E_TOPOLOGY_REFERENCE',
        [...path, 'address'],
        `${endpoint.address} is neither a VIP nor a director's address`,
        `those are ${directorAddresses(report.file).join(', ') || 'none'}`,
      )
    }
    checkRealServers(report, service, index, endpoint?.port)
  })
}

function checkRealServers(report: Report, service: VirtualServiceEntry, index: number, port: number | undefined): void {
  const seen = new Map<string, YamlPath>()
  service['real-servers'].forEach((server, position) => {
    const path = ['virtual-services', index, 'real-servers', position]
    const known = checkReference(report, [...path, 'node'], server.node, 'node', Object.keys(report.file.nodes))
    const node = report.file.nodes[server.node]
    if (known && !node?.roles.includes('real-server')) {
      report.value(
        'LVSLAB_E_TOPOLOGY_REFERENCE',
        [...path, 'node'],
        `${server.node} is no real server`,
        `add "real-server" to the roles of ${server.node} (${report.line(['nodes', server.node, 'roles'])})`,
      )
    }
    const addressPath = [...path, 'address']
    const endpoint = checkEndpoint(report, addressPath, server.address)
    if (endpoint === undefined) return
    const own = Object.values(node?.interfaces ?? {})
      .flatMap(({ address, aliases }) => [address, ...aliases])
      .map((address) => address.split('/')[0] ?? address)
    if (known && !own.includes(endpoint.address)) {
      report.value(
        'LVSLAB_E_TOPOLOGY_REFERENCE',
        addressPath,
        `${endpoint.address} is not an address of ${server.node}`,
        `${server.node} has ${own.join(', ')}`,
      )
    }
    if (service.forwarding !== 'NAT' && port !== undefined && endpoint.port !== port) {
      report.value(
        'LVSLAB_E_TOPOLOGY_VALUE',
        addressPath,
        `${service.forwarding} cannot change the port: the service has ${port}, the real server ${endpoint.port}`,
        'use one port, or NAT (ipvsadm(8), --real-server)',
      )
    }
    const earlier = seen.get(server.address)
    if (earlier !== undefined) {
      const where = report.line(earlier)
      report.value('LVSLAB_E_TOPOLOGY_DUPLICATE', addressPath, `${server.address} is here twice (${where})`)
    }
    seen.set(server.address, addressPath)
  })
}

function checkEndpoint(report: Report, path: YamlPath, text: string): ReturnType<typeof parseEndpoint> {
  const endpoint = parseEndpoint(text)
  if (endpoint === undefined) {
    report.value(
      'LVSLAB_E_TOPOLOGY_ADDRESS',
      path,
      `"${text}" is not an IPv4 address and a port`,
      'write it as 192.168.88.100:80',
    )
  }
  return endpoint
}

function directorAddresses({ vips, nodes }: TopologyFile): string[] {
  const own = Object.values(nodes)
    .filter(({ roles }) => roles.includes('director'))
    .flatMap(({ interfaces }) => Object.values(interfaces))
  return [...vips, ...own].map(({ address }) => address.split('/')[0] ?? address)
}
