import type { Cluster, Node } from '../../cluster/index.ts'
import { InfrastructureError } from '../../errors.ts'
import { findNode } from '../../fault/index.ts'
import { holds, observeNodes } from './observe.ts'

/**
 * The node that a person names, by its name or by what it is now (see `findNode`). Unlike a test, a person asks while
 * things are broken: nodes that cannot answer are passed over.
 *
 * @param say - told of a choice that chance made
 * @throws UsageError `LVSLAB_E_NODE_UNKNOWN`, InfrastructureError `LVSLAB_E_VIP_OWNER`
 */
export function resolveNode(
  cluster: Cluster,
  who: string,
  frozen: ReadonlySet<string>,
  say?: (line: string) => void,
): Promise<Node> {
  const holder = (which: 'master' | 'backup'): Promise<Node> => whoIs(cluster, which, frozen)
  return findNode(cluster, who, { holder, ...(say === undefined ? {} : { say }) })
}

async function whoIs(cluster: Cluster, who: 'master' | 'backup', frozen: ReadonlySet<string>): Promise<Node> {
  const { vip } = cluster
  const observed = await observeNodes(cluster, frozen, vip.candidates)
  const owners = observed.filter((one) => holds(one, vip.address))
  const master = owners.length === 1 ? owners[0] : undefined
  const backup = observed.find((one) => one.state === 'running' && !owners.includes(one))
  const found = who === 'master' ? master : backup
  if (found) return found.node
  const said = observed.map(
    (one) => `${one.node.name}: ${one.state}${owners.includes(one) ? `, has ${vip.address}` : ''}`,
  )
  throw new InfrastructureError('LVSLAB_E_VIP_OWNER', `no node is the ${who} now`, {
    tried: `look who has ${vip.address}`,
    seen: said.join('\n'),
    todo: 'name the node itself, or wait until one has taken over (npx lvslab status)',
  })
}
