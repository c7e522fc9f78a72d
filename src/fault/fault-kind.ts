import type { Cluster, Node } from '../cluster/index.ts'
import type { Capability } from '../engine/capabilities.ts'
import type { Topology } from '../topology/index.ts'
import type { Fault } from './fault.ts'
import type { FindNode } from './fault-target.ts'

interface Described {
  readonly name: string
  /** "NODE", "NODE[:INTERFACE]", … */
  readonly target: string
  readonly description: string
  /** What the engine must be able to do. */
  readonly needs: readonly Capability[]
  /** Why nothing in this topology can be struck so; undefined if something can. */
  readonly impossible?: (topology: Topology) => string | undefined
}

/** Strikes a node: its machine, which must run for that, or its cable, which can be struck at any time. */
export interface NodeFaultKind extends Described {
  readonly on: 'machine' | 'cable'
  readonly inject: (cluster: Cluster, node: Node, detail: string | undefined) => Promise<Fault>
}

export interface NetworkFaultKind extends Described {
  readonly on: 'network'
  readonly inject: (cluster: Cluster, network: string, detail: string | undefined, find: FindNode) => Promise<Fault>
}

export type FaultKind = NodeFaultKind | NetworkFaultKind
