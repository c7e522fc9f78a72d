import type { Cluster } from '../../cluster/index.ts'
import type { ActiveFault } from './fault-book.ts'

/** What a person should look at after a fault: where it will show. */
export function whatToWatch(cluster: Cluster, { id, node: name }: ActiveFault): string[] {
  const node = cluster.node(name)
  const service = cluster.topology.virtualServices[0]
  const url = service ? `http://${service.address}${service.port === 80 ? '' : `:${service.port}`}/` : undefined
  const heal = `npx lvslab heal ${id}`
  const backup = cluster.vips.find(({ candidates }) => candidates.includes(node) && candidates.length > 1)
  const asks = url === undefined ? [] : [`npx lvslab exec client -- curl -s -m 1 ${url}`]
  if (node.is('director')) {
    const whom = backup?.candidates.find((one) => one !== node)?.name
    const moves = backup && whom !== undefined ? `npx lvslab status    ${backup.address} may move to ${whom}` : 'npx lvslab status'
    return [moves, ...asks, heal]
  }
  if (node.is('real-server')) {
    return [`npx lvslab status    ${node.address} may leave the director's table`, ...asks, heal]
  }
  return ['npx lvslab status', heal]
}
