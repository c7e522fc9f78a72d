import { isInside, isIpv4, parseCidr } from '../ipv4.ts'
import type { NodeEntry } from '../schema.ts'
import { checkCidr, checkHostAddress, checkReference } from './addresses.ts'
import { checkInterfaceName, checkName } from './names.ts'
import { checkMounts, checkRoutes, checkScripts } from './node-extras.ts'
import type { YamlPath } from '../yaml-source.ts'
import type { Report } from './report.ts'

/** Nodes: names, interfaces, one owner per address, and what provisioning will set. */
export function checkNodes(report: Report): void {
  const owners = new Map<string, YamlPath>()
  for (const [name, node] of Object.entries(report.file.nodes)) {
    checkName(report, ['nodes', name], name, 'node')
    checkInterfaces(report, name, node, owners)
    checkGateway(report, name, node)
    checkRoutes(report, name, node)
    node.loopback.forEach((address, index) => checkCidr(report, ['nodes', name, 'loopback', index], address))
    node.tunnel.forEach((address, index) => checkCidr(report, ['nodes', name, 'tunnel', index], address))
    checkMounts(report, name, node)
    checkScripts(report, name, node)
    checkSysctls(report, name, node)
    checkServices(report, name, node)
  }
}

function checkInterfaces(report: Report, nodeName: string, node: NodeEntry, owners: Map<string, YamlPath>): void {
  for (const [name, { network, address, aliases }] of Object.entries(node.interfaces)) {
    const path = ['nodes', nodeName, 'interfaces', name]
    checkInterfaceName(report, path, name)
    checkReference(report, [...path, 'network'], network, 'network', Object.keys(report.file.networks))
    checkOwnAddress(report, [...path, 'address'], address, network, owners)
    aliases.forEach((alias, index) => checkOwnAddress(report, [...path, 'aliases', index], alias, network, owners))
  }
}

function checkOwnAddress(
  report: Report,
  path: YamlPath,
  address: string,
  network: string,
  owners: Map<string, YamlPath>,
): void {
  const cidr = checkHostAddress(report, path, address, network)
  if (cidr === undefined) return
  const prefix = parseCidr(report.file.networks[network]?.cidr ?? '')?.prefix
  if (prefix !== undefined && prefix !== cidr.prefix) {
    report.value(
      'LVSLAB_E_TOPOLOGY_ADDRESS',
      path,
      `${address} has another prefix than its network ${network}, /${prefix}`,
      `write ${cidr.address}/${prefix}`,
    )
  }
  const owner = owners.get(cidr.address)
  if (owner === undefined) {
    owners.set(cidr.address, path)
  } else {
    const where = `${String(owner[1])} has it on ${String(owner[3])} (${report.line(owner)})`
    report.value('LVSLAB_E_TOPOLOGY_DUPLICATE', path, `${cidr.address} is taken: ${where}`)
  }
}

function checkGateway(report: Report, name: string, { gateway, interfaces }: NodeEntry): void {
  if (gateway === undefined) return
  const path = ['nodes', name, 'gateway']
  if (!isIpv4(gateway)) {
    report.value('LVSLAB_E_TOPOLOGY_ADDRESS', path, `"${gateway}" is not an IPv4 address`, 'write it without a prefix')
    return
  }
  const cidrs = Object.values(interfaces).map(({ address }) => address)
  if (!cidrs.some((cidr) => parseCidr(cidr) !== undefined && isInside(gateway, cidr))) {
    report.value(
      'LVSLAB_E_TOPOLOGY_ADDRESS',
      path,
      `${name} cannot reach its gateway ${gateway}: it is in none of its networks`,
      `${name} has ${cidrs.join(', ')}`,
    )
  } else if (cidrs.some((cidr) => cidr.startsWith(`${gateway}/`))) {
    report.value('LVSLAB_E_TOPOLOGY_ADDRESS', path, `${name} cannot be its own gateway`)
  }
}

function checkSysctls(report: Report, node: string, { sysctls }: NodeEntry): void {
  for (const name of Object.keys(sysctls)) {
    if (/^[a-z][\w-]*(\.[\w-]+)+$/i.test(name)) continue
    report.key(
      'LVSLAB_E_TOPOLOGY_VALUE',
      ['nodes', node, 'sysctls', name],
      `"${name}" is not the name of a sysctl`,
      'write it with dots: net.ipv4.conf.all.arp_ignore',
    )
  }
}

function checkServices(report: Report, node: string, { services }: NodeEntry): void {
  services.forEach((service, index) => {
    const path = ['nodes', node, 'services', index]
    if (!/^[\w@:.-]+$/.test(service)) {
      report.value('LVSLAB_E_TOPOLOGY_VALUE', path, `"${service}" is not the name of a systemd unit`)
    } else if (services.indexOf(service) !== index) {
      report.value('LVSLAB_E_TOPOLOGY_DUPLICATE', path, `${service} is listed twice`)
    }
  })
}
