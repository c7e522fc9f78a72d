import ipaddr from 'ipaddr.js'
import { NETWORK_PREFIX } from '../schema.ts'
import { checkCidr } from './addresses.ts'
import { checkName } from './names.ts'
import type { Report } from './report.ts'

/** Networks: a block each, written by its first address, none inside another. */
export function checkNetworks(report: Report): void {
  const seen: { readonly name: string; readonly cidr: string }[] = []
  for (const [name, { cidr }] of Object.entries(report.file.networks)) {
    checkName(report, ['networks', name], name, 'network')
    const path = ['networks', name, 'cidr']
    const block = checkCidr(report, path, cidr)
    if (block === undefined) continue
    if (block.address !== block.network) {
      report.value(
        'LVSLAB_E_TOPOLOGY_ADDRESS',
        path,
        `${cidr} is an address in a network, not a network`,
        `write ${block.network}/${block.prefix}`,
      )
      continue
    }
    const { min, max } = NETWORK_PREFIX
    if (block.prefix < min || block.prefix > max) {
      report.value('LVSLAB_E_TOPOLOGY_ADDRESS', path, `a prefix of /${block.prefix} is outside /${min} to /${max}`)
      continue
    }
    const other = seen.find((earlier) => overlap(earlier.cidr, cidr))
    if (other !== undefined) {
      report.value(
        'LVSLAB_E_TOPOLOGY_DUPLICATE',
        path,
        `${cidr} overlaps the network ${other.name}, ${other.cidr} (${report.line(['networks', other.name, 'cidr'])})`,
      )
    }
    seen.push({ name, cidr })
  }
}

function overlap(a: string, b: string): boolean {
  const [blockA, blockB] = [ipaddr.IPv4.parseCIDR(a), ipaddr.IPv4.parseCIDR(b)]
  const prefix = Math.min(blockA[1], blockB[1])
  return blockA[0].match(blockB[0], prefix)
}
