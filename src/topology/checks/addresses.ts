import { type Cidr, isInside, isIpv4, parseCidr } from '../ipv4.ts'
import { didYouMean } from '../nearest.ts'
import type { YamlPath } from '../yaml-source.ts'
import type { Report } from './report.ts'

/**
 * An address with prefix that a machine in `network` shall carry: valid, inside, neither the first nor the last of the
 * block (those mean the network and everyone in it). Reports what is wrong, and returns what can be worked with.
 */
export function checkHostAddress(report: Report, path: YamlPath, text: string, network: string): Cidr | undefined {
  const cidr = checkCidr(report, path, text)
  const block = report.file.networks[network]?.cidr
  const parsed = block === undefined ? undefined : parseCidr(block)
  if (cidr === undefined || block === undefined || parsed === undefined) return cidr
  if (!isInside(cidr.address, block)) {
    report.value(
      'LVSLAB_E_TOPOLOGY_ADDRESS',
      path,
      `${cidr.address} is outside its network ${network}, ${block}`,
      `use an address between ${parsed.network} and ${parsed.broadcast}, or another network`,
    )
  } else if (cidr.address === parsed.network || cidr.address === parsed.broadcast) {
    const which = cidr.address === parsed.network ? 'network' : 'broadcast'
    report.value('LVSLAB_E_TOPOLOGY_ADDRESS', path, `${cidr.address} is the ${which} address of ${network}, ${block}`)
  }
  return cidr
}

/** An address with prefix: "192.168.88.8/24". */
export function checkCidr(report: Report, path: YamlPath, text: string): Cidr | undefined {
  const cidr = parseCidr(text)
  if (cidr !== undefined) return cidr
  const [address = '', prefix] = text.split('/')
  const message = !isIpv4(address)
    ? `"${text}" is not an IPv4 address with a prefix`
    : prefix === undefined
      ? `"${text}" has no prefix`
      : `"/${prefix}" is not a prefix`
  report.value('LVSLAB_E_TOPOLOGY_ADDRESS', path, message, 'write it as 192.168.88.8/24, with a prefix from 0 to 32')
  return undefined
}

/** A name that must be one of those defined elsewhere in the file. */
export function checkReference(
  report: Report,
  path: YamlPath,
  name: string,
  kind: string,
  defined: readonly string[],
): boolean {
  if (defined.includes(name)) return true
  const known = defined.length === 0 ? `there is no ${kind} at all` : `there are ${defined.join(', ')}`
  report.value('LVSLAB_E_TOPOLOGY_REFERENCE', path, `there is no ${kind} "${name}"`, didYouMean(name, defined) ?? known)
  return false
}
