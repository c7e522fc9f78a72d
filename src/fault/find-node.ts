import type { Cluster, Node } from '../cluster/index.ts'
import { InfrastructureError, UsageError } from '../errors.ts'
import type { Role } from '../topology/index.ts'
import { nearest } from '../topology/nearest.ts'

/** Each stands for the first node of its role. */
const ROLES: readonly Role[] = [
  'client',
  'director',
  'real-server',
  'web',
  'nfs-server',
  'ftp-server',
  'router',
  'heartbeat',
]

/** Chosen among the nodes of their role; with a number after a #, the same in every run. */
const CHOICES = { 'any-real-server': 'real-server', 'any-director': 'director' } as const

/** The words that stand for a node. */
export const ROLE_WORDS: readonly string[] = ['master', 'backup', ...ROLES, ...Object.keys(CHOICES)]

export interface FindOptions {
  /** Who has the first VIP now, and who may have it and has not. By default the directors are asked, all of which must answer. */
  readonly holder?: (which: 'master' | 'backup') => Promise<Node>
  /** Told of a choice that chance made, with what makes the same one again. */
  readonly say?: (line: string) => void
}

/**
 * The node that a name or a role stands for now: `master` has the first VIP, `backup` may have it and has not; a role is
 * its first node; `any-real-server` and `any-director` are chosen, `any-real-server#7` always alike.
 *
 * @throws UsageError `LVSLAB_E_NODE_UNKNOWN`; `LVSLAB_E_ROLE_UNKNOWN` when no node has the role;
 * InfrastructureError or LvslabError `LVSLAB_E_VIP_OWNER`
 */
export async function findNode(cluster: Cluster, who: string, options: FindOptions = {}): Promise<Node> {
  const byName = cluster.nodes.find(({ name }) => name === who)
  if (byName) return byName
  if (who === 'master' || who === 'backup') return (options.holder ?? ((which) => holderOf(cluster, which)))(who)
  const role = ROLES.find((word) => word === who)
  if (role) return cluster.the(role)
  const [word = '', seed] = who.split('#')
  const choice = Object.hasOwn(CHOICES, word) ? CHOICES[word as keyof typeof CHOICES] : undefined
  if (choice && /^\d{1,9}$/.test(seed ?? '0')) return choose(cluster, word, choice, seed, options.say)
  const names = cluster.nodes.map(({ name }) => name)
  const near = nearest(who, [...names, ...ROLE_WORDS])
  throw new UsageError('LVSLAB_E_NODE_UNKNOWN', `${cluster.topology.name} has no node "${who}"`, {
    seen: `nodes: ${names.join(', ')}; or who it is now: ${ROLE_WORDS.join(', ')}`,
    ...(near.length === 0 ? {} : { todo: `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` }),
  })
}

async function holderOf(cluster: Cluster, which: 'master' | 'backup'): Promise<Node> {
  if (which === 'master') return cluster.vip.owner()
  const [first] = await cluster.vip.others()
  if (first) return first
  throw new InfrastructureError('LVSLAB_E_VIP_OWNER', 'no node is the backup now', {
    tried: `look who may have ${cluster.vip.address} and has not`,
  })
}

function choose(
  cluster: Cluster,
  word: string,
  role: Role,
  seedText: string | undefined,
  say: ((line: string) => void) | undefined,
): Node {
  const nodes = cluster.withRole(role)
  const seed = seedText === undefined ? Math.floor(Math.random() * 1e6) : Number(seedText)
  if (nodes.length === 0) return cluster.the(role)
  const chosen = nodes[mix(seed) % nodes.length]!
  say?.(`${word}#${seed} is ${chosen.name}, of ${nodes.map(({ name }) => name).join(', ')}`)
  return chosen
}

/** Neighbouring seeds choose differently: a multiplicative hash (Knuth, TAOCP 3, section 6.4). */
function mix(seed: number): number {
  return Math.imul(seed + 1, 2_654_435_761) >>> 16
}
