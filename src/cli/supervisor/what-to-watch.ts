import type { Cluster, Node, VirtualIp } from '../../cluster/index.ts'
import type { ActiveFault } from './fault-book.ts'

/**
 * What a person should look at after a fault: where it will show.
 *
 * @param ownerOf - who had a virtual IP last, where that is known
 */
export function whatToWatch(
  cluster: Cluster,
  clusterName: string,
  { id, node: name }: ActiveFault,
  ownerOf: (vip: VirtualIp) => Node | undefined = () => undefined,
): string[] {
  const service = cluster.topology.virtualServices[0]
  const url = service ? `http://${service.address}${service.port === 80 ? '' : `:${service.port}`}/` : undefined
  const which = clusterName === cluster.topology.name ? '' : ` --cluster ${clusterName}`
  const heal = `npx lvslab heal${which} ${id}`
  const status = `npx lvslab status${which}`
  if (name === undefined) return [status, heal]
  const node = cluster.node(name)
  const backup = cluster.vips.find(({ candidates }) => candidates.includes(node) && candidates.length > 1)
  const asks = url === undefined ? [] : [`npx lvslab exec${which} client -- curl -s -m 1 ${url}`]
  if (node.is('director')) {
    const whom = backup?.candidates.find((one) => one !== node)?.name
    const hadIt = backup !== undefined && (ownerOf(backup) ?? node) === node
    const moves = hadIt && whom !== undefined ? `${status}    ${backup.address} may move to ${whom}` : status
    return [moves, ...asks, heal]
  }
  if (node.is('real-server')) {
    const checkers = ['keepalived', 'heartbeat']
    const checked = cluster
      .withRole('director')
      .some(({ spec }) => checkers.some((unit) => spec.services.includes(unit)))
    const fate = checked ? "may leave the director's table" : "stays in the director's table, unless keepalived runs"
    return [`${status}    ${node.address} ${fate}`, ...asks, heal]
  }
  return [status, heal]
}
