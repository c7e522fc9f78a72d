import type { Cluster, Node } from '../cluster/index.ts'
import type { CableId, Direction, ImpairmentSpec } from '../fabric/index.ts'
import { fault, type Fault } from './fault.ts'
import { describeImpairment, impairmentName } from './impairment-text.ts'

export interface ImpairOptions extends ImpairmentSpec {
  /** From the machine into the network, from the network to the machine, or (the default) both. */
  readonly direction?: Direction | 'both'
}

/**
 * Makes a cable a bad one: it loses, delays, doubles, reorders or corrupts frames, or carries fewer; see ImpairmentSpec.
 * Healing lets what it holds go on at once.
 *
 * @param where - a cable, or a node: the cable of its first interface
 * @throws UsageError `LVSLAB_E_IMPAIRMENT`, `LVSLAB_E_FABRIC_NO_CABLE`
 */
export async function impair(cluster: Cluster, where: Node | CableId, options: ImpairOptions): Promise<Fault> {
  const { direction = 'both', ...spec } = options
  const cable = cableOf(where)
  const { at, undo } = await cluster.engine.network.impair(cable, direction, spec)
  return fault({
    kind: impairmentName(spec),
    target: [cable, ...(direction === 'both' ? [] : [direction]), describeImpairment(spec)].join(':'),
    at,
    now: () => cluster.clock.now(),
    undo,
  })
}

export function cableOf(where: Node | CableId): CableId {
  return typeof where === 'string' ? where : where.cable()
}
