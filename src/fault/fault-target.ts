import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import type { CableId, Direction } from '../fabric/index.ts'

/** The node that a name or a role stands for now. */
export type FindNode = (who: string) => Promise<Node>

export function demand(detail: string | undefined, example: string): string {
  if (detail !== undefined && detail !== '') return detail
  throw refused('this fault needs to be told more', { todo: `for example: ${example}` })
}

/** What follows the node in NODE[:INTERFACE][:in|out]. */
export function readCable(node: Node, text: string): { cable: CableId; direction: Direction | undefined } {
  const words = text === '' ? [] : text.split(':')
  const last = words.at(-1)
  const direction = last === 'in' || last === 'out' ? last : undefined
  const [nic, ...more] = direction === undefined ? words : words.slice(0, -1)
  const names = node.spec.interfaces.map(({ name }) => name)
  const stray = more[0] ?? (nic === undefined || names.includes(nic) ? undefined : nic)
  if (stray === undefined) return { cable: node.cable(nic), direction }
  throw refused(`cannot read "${stray}" of ${node.name}:${text}`, {
    seen: `interfaces of ${node.name}: ${names.join(', ')}; directions: in, out`,
  })
}

export function readNetwork(cluster: Cluster, network: string): string {
  const names = cluster.topology.networks.map(({ name }) => name)
  if (names.includes(network)) return network
  throw refused(`${cluster.topology.name} has no network "${network}"`, { seen: `networks: ${names.join(', ')}` })
}

/** NODE,NODE/NODE: a slash between groups, or a bar, which shells make one quote. */
export async function readGroups(text: string, find: FindNode): Promise<Node[][]> {
  const groups = text.split(/[/|]/).map((group) => group.split(','))
  if (groups.flat().includes('')) {
    throw refused(`a node is missing in "${text}"`, { todo: 'for example: partition lan:master/backup,client' })
  }
  const found: Node[][] = []
  for (const group of groups) found.push(await Promise.all(group.map(find)))
  return found
}

function refused(message: string, detail: { seen?: string; todo?: string }): UsageError {
  return new UsageError('LVSLAB_E_FAULT_TARGET', message, detail)
}
