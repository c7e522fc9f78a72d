import type { VipEntry } from '../schema.ts'
import { checkHostAddress, checkReference } from './addresses.ts'
import type { Report } from './report.ts'

/** VIPs: in their network, nobody's own address, and every candidate a director that can carry it. */
export function checkVips(report: Report): void {
  const seen = new Map<string, number>()
  report.file.vips.forEach((vip, index) => {
    const path = ['vips', index]
    checkReference(report, [...path, 'network'], vip.network, 'network', Object.keys(report.file.networks))
    const addressPath = [...path, 'address']
    const address = checkHostAddress(report, addressPath, vip.address, vip.network)?.address
    vip.candidates.forEach((_, position) => checkCandidate(report, index, position))
    if (address === undefined) return
    const earlier = seen.get(address)
    if (earlier !== undefined) {
      const where = report.line(['vips', earlier, 'address'])
      report.value('LVSLAB_E_TOPOLOGY_DUPLICATE', addressPath, `the VIP ${address} is here twice (${where})`)
    }
    seen.set(address, index)
    checkNotOwned(report, vip, index, address)
  })
}

function checkNotOwned(report: Report, { candidates }: VipEntry, index: number, address: string): void {
  for (const [name, node] of Object.entries(report.file.nodes)) {
    for (const [interfaceName, entry] of Object.entries(node.interfaces)) {
      if (!entry.address.startsWith(`${address}/`)) continue
      const where = report.line(['nodes', name, 'interfaces', interfaceName, 'address'])
      report.value(
        'LVSLAB_E_TOPOLOGY_DUPLICATE',
        ['vips', index, 'address'],
        `${address} is ${name}'s own address on ${interfaceName} (${where}); a VIP moves`,
        candidates.length > 1 ? 'choose a free address' : 'leave the VIP out: a fixed address needs none',
      )
    }
  }
}

function checkCandidate(report: Report, index: number, position: number): void {
  const vip = report.file.vips[index]
  const name = vip?.candidates[position]
  if (vip === undefined || name === undefined) return
  const path = ['vips', index, 'candidates', position]
  if (!checkReference(report, path, name, 'node', Object.keys(report.file.nodes))) return
  if (vip.candidates.indexOf(name) !== position) {
    report.value('LVSLAB_E_TOPOLOGY_DUPLICATE', path, `${name} is listed twice`)
  }
  const node = report.file.nodes[name]
  if (!node?.roles.includes('director')) {
    report.value(
      'LVSLAB_E_TOPOLOGY_REFERENCE',
      path,
      `${name} may not own a VIP: it is no director`,
      `add "director" to the roles of ${name} (${report.line(['nodes', name, 'roles'])})`,
    )
  }
  const carrier = node?.interfaces[vip.interface]
  if (carrier === undefined) {
    const names = Object.keys(node?.interfaces ?? {})
    report.value(
      'LVSLAB_E_TOPOLOGY_REFERENCE',
      ['vips', index, 'interface'],
      `${name} has no interface "${vip.interface}"`,
      `${name} has ${names.join(', ')}`,
    )
  } else if (carrier.network !== vip.network) {
    report.value(
      'LVSLAB_E_TOPOLOGY_REFERENCE',
      ['vips', index, 'interface'],
      `${vip.interface} of ${name} leads to the network ${carrier.network}, not to ${vip.network}`,
    )
  }
}
