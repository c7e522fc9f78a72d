import { UsageError } from '../errors.ts'
import type { NodeSpec, Role, Topology } from './model.ts'
import { didYouMean } from './nearest.ts'

/** From the most particular to the most general. */
type Kind = 'node' | 'preference' | 'role'

interface Called {
  readonly name: string
  readonly kind: Kind
  readonly nodes: readonly string[]
}

/**
 * What stands for nodes of a topology before any of them runs: a node's own name; `master`, the preferred candidate of the
 * first VIP, and `backup`, its others; a role, all nodes that have it. Once a cluster is up, `findNode` knows who is master
 * now.
 */
function callable({ nodes, vips }: Topology): Called[] {
  const [preferred, ...others] = vips[0]?.candidates ?? []
  const roles = [...new Set(nodes.flatMap((node) => node.roles))]
  return [
    ...nodes.map(({ name }): Called => ({ name, kind: 'node', nodes: [name] })),
    ...(preferred === undefined ? [] : [{ name: 'master', kind: 'preference', nodes: [preferred] } as const]),
    ...(others.length === 0 ? [] : [{ name: 'backup', kind: 'preference', nodes: others } as const]),
    ...roles.map((role): Called => ({
      ...{ name: role, kind: 'role' },
      nodes: nodes.filter((node) => node.roles.includes(role)).map(({ name }) => name),
    })),
  ]
}

/**
 * What is chosen for a node among things that have names of nodes: by its own name before `master` and `backup`, by these
 * before a role; by the last of several roles.
 */
export function chosenFor<T extends { readonly name: string }>(
  topology: Topology,
  node: Pick<NodeSpec, 'name'>,
  choices: readonly T[],
): T | undefined {
  const all = callable(topology).filter(({ nodes }) => nodes.includes(node.name))
  const choose = (kind: Kind): T | undefined =>
    choices.findLast(({ name }) => all.some((one) => one.kind === kind && one.name === name))
  return choose('node') ?? choose('preference') ?? choose('role')
}

/**
 * Refuses names that stand for no node of a topology.
 *
 * @param only - those of one role are meant: a name that stands for none of them is refused, too
 * @throws UsageError `LVSLAB_E_NODE_UNKNOWN` with the names that there are
 */
export function demandNames(
  topology: Topology,
  names: readonly string[],
  { option, only }: { readonly option: string; readonly only?: Role },
): void {
  const meant = new Set(topology.nodes.filter(({ roles }) => only === undefined || roles.includes(only)).map(nameOf))
  const known = callable(topology)
    .filter(({ nodes }) => nodes.some((node) => meant.has(node)))
    .map(nameOf)
  const stranger = names.find((name) => !known.includes(name))
  if (stranger === undefined) return
  const what = only === undefined ? 'node' : only
  throw new UsageError('LVSLAB_E_NODE_UNKNOWN', `${topology.name} has no ${what} "${stranger}"`, {
    tried: `give ${stranger} a version of its own (${option})`,
    seen: known.length === 0 ? `${topology.name} has no ${what}` : `there are: ${[...new Set(known)].join(', ')}`,
    todo: didYouMean(stranger, known) ?? 'choose among those, or another topology',
  })
}

const nameOf = ({ name }: { readonly name: string }): string => name
