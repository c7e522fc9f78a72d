import type { Cluster } from '../cluster/index.ts'
import { demandCapabilities, lacking, type Capability } from '../engine/capabilities.ts'
import { UsageError } from '../errors.ts'
import type { Fault } from './fault.ts'
import type { FaultKind } from './fault-kind.ts'
import { readNetwork, type FindNode } from './fault-target.ts'
import { findNode } from './find-node.ts'
import { MACHINE_KINDS } from './machine-kinds.ts'
import { NETWORK_KINDS } from './network-kinds.ts'
import { SERVICE_KINDS } from './service-kinds.ts'
import { unplug } from './unplug.ts'

/** The faults that `lvslab fault KIND TARGET` knows. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...SERVICE_KINDS,
  ...MACHINE_KINDS,
  {
    name: 'unplug',
    on: 'cable',
    target: 'NODE[:INTERFACE]',
    description: 'pull a network cable; heal plugs it in',
    needs: ['cable'],
    inject: unplug,
  },
  ...NETWORK_KINDS,
]

/** What a kind's fault needs and a cluster has not, in words; undefined if it can be injected there. */
export function whyImpossible(kind: FaultKind, { topology, engine }: Cluster): string | undefined {
  const missing = lacking(engine.capabilities, kind.needs)
  if (missing.length > 0) return `the ${engine.name} engine lacks ${missing.join(', ')}`
  return kind.impossible?.(topology)
}

/** What an engine must be able to do for faults of these kinds. */
export function needsOf(kinds: readonly string[]): Capability[] {
  return [...new Set(kinds.flatMap((name) => faultKind(name).needs))]
}

/** @throws UsageError `LVSLAB_E_FAULT_UNKNOWN` */
export function faultKind(name: string): FaultKind {
  const kind = FAULT_KINDS.find((one) => one.name === name)
  if (kind) return kind
  throw new UsageError('LVSLAB_E_FAULT_UNKNOWN', `no fault "${name}"`, {
    seen: FAULT_KINDS.map(({ name: each, target, description }) => `${each} ${target}: ${description}`).join('\n'),
  })
}

/**
 * Strikes what `target` names: a node, by its name or by what it is now (see {@link findNode}); or a network, for a fault
 * of networks; with a detail after a colon where the kind takes one.
 *
 * @param find - who a node's name or role stands for
 * @throws UsageError `LVSLAB_E_FAULT_UNKNOWN`, `LVSLAB_E_FAULT_TARGET`, `LVSLAB_E_NODE_UNKNOWN`,
 * `LVSLAB_E_ENGINE_LACKS`; each before anything is struck, as whatever the kind itself demands of its target
 */
export async function injectFault(
  cluster: Cluster,
  kindName: string,
  target: string,
  find: FindNode = (who) => findNode(cluster, who),
): Promise<Fault> {
  const kind = faultKind(kindName)
  demandCapabilities(cluster.engine, kind.needs, `inject ${kind.name}`)
  const colon = target.indexOf(':')
  const who = colon < 0 ? target : target.slice(0, colon)
  const detail = colon < 0 ? undefined : target.slice(colon + 1)
  if (kind.on === 'network') return kind.inject(cluster, readNetwork(cluster, who), detail, find)
  return kind.inject(cluster, await find(who), detail)
}
