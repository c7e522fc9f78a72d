import type { Cluster } from '../../cluster/index.ts'
import { UsageError } from '../../errors.ts'
import type { CableId, ImpairmentSpec } from '../../fabric/index.ts'
import { impair } from '../../fault/index.ts'
import { IMPAIRMENT_GRAMMARS, parseImpairment, type ImpairmentName } from '../../fault/impairment-text.ts'
import type { Topology } from '../../topology/index.ts'

/** A cable that is a bad one throughout: "web-1:eth0:delay=5ms". */
export interface StandingImpairment {
  readonly text: string
  readonly node: string
  /** Absent: the node's first. */
  readonly nic?: string
  readonly spec: ImpairmentSpec
}

/**
 * Reads NODE[:INTERFACE]:KIND=AMOUNT, the amount as `lvslab fault` takes it.
 *
 * @throws UsageError `LVSLAB_E_IMPAIR`, and what the amount's reader throws
 */
export function parseStanding(text: string): StandingImpairment {
  const match = /^([a-z][\w-]*)(?::([\w.-]+))?:([a-z]+)=(.+)$/.exec(text)
  const [, node, nic, kind = '', amount = ''] = match ?? []
  if (node === undefined || !(kind in IMPAIRMENT_GRAMMARS)) {
    throw new UsageError('LVSLAB_E_IMPAIR', `cannot read the impairment "${text}"`, {
      todo: `the form is NODE[:INTERFACE]:KIND=AMOUNT, for example web-1:delay=5ms; kinds: ${Object.keys(IMPAIRMENT_GRAMMARS).join(', ')}`,
    })
  }
  return { text, node, ...(nic === undefined ? {} : { nic }), spec: parseImpairment(kind as ImpairmentName, amount) }
}

/** The cable that it is about; undefined in a cluster that has no such node. */
export function cableIn(topology: Topology, { node, nic }: StandingImpairment): CableId | undefined {
  const interfaces = topology.nodes.find(({ name }) => name === node)?.interfaces ?? []
  const found = nic === undefined ? interfaces[0] : interfaces.find(({ name }) => name === nic)
  return found && `${node}:${found.name}`
}

/** @throws UsageError `LVSLAB_E_IMPAIR` for one that is about none of these clusters' cables */
export function checkStanding(all: readonly StandingImpairment[], topologies: readonly Topology[]): void {
  for (const one of all) {
    if (topologies.some((topology) => cableIn(topology, one) !== undefined)) continue
    const cables = topologies.flatMap(({ name, nodes }) =>
      nodes.map((node) => `${node.name}:${node.interfaces.map((nic) => nic.name).join('|')} (${name})`),
    )
    throw new UsageError('LVSLAB_E_IMPAIR', `no cluster of these sections has the cable of "${one.text}"`, {
      seen: `they have ${cables.join(', ')}`,
    })
  }
}

/** Makes the cables of a cluster bad ones; for as long as it lives. */
export async function applyStanding(cluster: Cluster, all: readonly StandingImpairment[]): Promise<void> {
  for (const one of all) {
    const cable = cableIn(cluster.topology, one)
    if (cable !== undefined) await impair(cluster, cable, one.spec)
  }
}
