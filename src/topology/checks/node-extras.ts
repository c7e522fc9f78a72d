import { isInside, isIpv4, parseCidr } from '../ipv4.ts'
import type { NodeEntry } from '../schema.ts'
import { checkCidr } from './addresses.ts'
import type { Report } from './report.ts'

/** Routes: a block by its first address, and a next hop that the node can reach. */
export function checkRoutes(report: Report, node: string, { routes, interfaces }: NodeEntry): void {
  const own = Object.values(interfaces).map(({ address }) => address)
  for (const [block, via] of Object.entries(routes)) {
    const path = ['nodes', node, 'routes', block]
    const cidr = checkCidr(report, path, block)
    if (cidr !== undefined && cidr.address !== cidr.network) {
      report.key(
        'LVSLAB_E_TOPOLOGY_ADDRESS',
        path,
        `${block} is an address in a network, not a network`,
        `write ${cidr.network}/${cidr.prefix}`,
      )
    }
    if (!isIpv4(via)) {
      report.value('LVSLAB_E_TOPOLOGY_ADDRESS', path, `"${via}" is not an IPv4 address`, 'write it without a prefix')
    } else if (!own.some((address) => parseCidr(address) !== undefined && isInside(via, address))) {
      report.value(
        'LVSLAB_E_TOPOLOGY_ADDRESS',
        path,
        `${node} cannot reach the next hop ${via}: it is in none of its networks`,
        `${node} has ${own.join(', ')}`,
      )
    }
  }
}

/** Mounts: an absolute mount point, and an NFS server among the nodes. */
export function checkMounts(report: Report, node: string, { mounts }: NodeEntry): void {
  const servers = Object.values(report.file.nodes)
    .filter(({ roles }) => roles.includes('nfs-server'))
    .flatMap(({ interfaces }) => Object.values(interfaces).map(({ address }) => address.split('/')[0]))
  for (const [at, entry] of Object.entries(mounts)) {
    const path = ['nodes', node, 'mounts', at]
    if (!/^(\/[\w.-]+)+$/.test(at)) {
      report.key('LVSLAB_E_TOPOLOGY_VALUE', path, `"${at}" is not the absolute path of a folder in the machine`)
    }
    const from = typeof entry === 'string' ? entry : entry.from
    const fromPath = typeof entry === 'string' ? path : [...path, 'from']
    const [server = '', folder = ''] = from.split(':')
    if (!/^(\/[\w.-]+)+$/.test(folder)) {
      report.value(
        'LVSLAB_E_TOPOLOGY_VALUE',
        fromPath,
        `"${from}" is not a server and a folder`,
        'write it as 192.168.100.11:/opt/web1',
      )
    } else if (!servers.includes(server)) {
      report.value(
        'LVSLAB_E_TOPOLOGY_REFERENCE',
        fromPath,
        `${server} is the address of no NFS server`,
        `those are ${servers.join(', ') || 'none: give a node the role nfs-server'}`,
      )
    }
  }
}

/** Scripts: among the files that are put into the node. */
export function checkScripts(report: Report, node: string, { scripts, files }: NodeEntry): void {
  scripts.forEach((script, index) => {
    if (Object.keys(files).includes(script)) return
    report.value(
      'LVSLAB_E_TOPOLOGY_REFERENCE',
      ['nodes', node, 'scripts', index],
      `${script} is not among the files of ${node}`,
      `those are ${Object.keys(files).join(', ') || 'none'}`,
    )
  })
}
