import type { Cluster, Node } from '../../cluster/index.ts'
import { InfrastructureError, UsageError } from '../../errors.ts'
import { nearest } from '../../topology/nearest.ts'
import { holds, observeNodes } from './observe.ts'

const ROLES = ['client', 'director', 'real-server'] as const

/** The words that stand for a node. */
export const ROLE_WORDS = ['master', 'backup', ...ROLES] as const

/**
 * The node that a person names, by its name or by what it does now: `master` has the first VIP, `backup` may have it and
 * has not; `client`, `director` and `real-server` are the first of their role. Unlike a test, a person asks while things
 * are broken: nodes that cannot answer are passed over.
 *
 * @throws UsageError `LVSLAB_E_NODE_UNKNOWN`, InfrastructureError `LVSLAB_E_VIP_OWNER`
 */
export async function resolveNode(cluster: Cluster, who: string, frozen: ReadonlySet<string>): Promise<Node> {
  const byName = cluster.nodes.find(({ name }) => name === who)
  if (byName) return byName
  const role = ROLES.find((word) => word === who)
  if (role) return cluster.the(role)
  if (who === 'master' || who === 'backup') return whoIs(cluster, who, frozen)
  const names = cluster.nodes.map(({ name }) => name)
  const near = nearest(who, [...names, ...ROLE_WORDS])
  throw new UsageError('LVSLAB_E_NODE_UNKNOWN', `${cluster.topology.name} has no node "${who}"`, {
    seen: `nodes: ${names.join(', ')}; or who it is now: ${ROLE_WORDS.join(', ')}`,
    ...(near.length === 0 ? {} : { todo: `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` }),
  })
}

async function whoIs(cluster: Cluster, who: 'master' | 'backup', frozen: ReadonlySet<string>): Promise<Node> {
  const { vip } = cluster
  const observed = (await observeNodes(cluster, frozen)).filter(({ node }) => vip.candidates.includes(node))
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
