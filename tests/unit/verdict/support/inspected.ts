import { Cluster } from '../../../../src/cluster/index.ts'
import type { EngineCluster, Machine } from '../../../../src/engine/engine.ts'
import type { WireEvent } from '../../../../src/fabric/index.ts'
import { loadTopology } from '../../../../src/topology/index.ts'
import type { Inspection, Look, NodeReport } from '../../../../src/verdict/index.ts'
import { ms, scene } from '../../fabric/support/scene.ts'

export interface Inspected {
  readonly cluster: Cluster
  readonly clock: { time: number }
  readonly inspect: (
    inspection: Inspection,
    more: {
      readonly events?: readonly WireEvent[]
      readonly untilMs?: number
      readonly before?: Readonly<Record<string, Partial<NodeReport>>>
      readonly after?: Readonly<Record<string, Partial<NodeReport>>>
    },
  ) => Promise<Look>
  readonly macOf: (node: string) => string
}

const SILENT: NodeReport = {
  ...{ bootId: 'a', processes: [], tableChanges: [], kernelComplaints: [] },
  clock: { earliestMs: 0, latestMs: 0, atMostMs: 0 },
}

/** The cluster of dr-vrrp without machines: what they would say, and how late they were, is made up. */
export async function inspected({ lateMs = 0, consolePath = '/nonexistent' } = {}): Promise<Inspected> {
  const topology = await loadTopology('dr-vrrp')
  const { wire, clock } = scene()
  const machine = (name: string): Partial<Machine> => ({
    ...{ name, running: true, consolePath },
    exec: () => Promise.resolve({ exitCode: 0, stdout: '', stderr: '', durationMs: 0 }),
    freeze: () => Promise.resolve(clock.now()),
  })
  const engine: Partial<EngineCluster> = {
    ...{ topology, wire, clock },
    machines: new Map(topology.nodes.map(({ name }) => [name, machine(name) as Machine])),
    lateness: () => Promise.resolve({ fabricMaxMs: 0, fabricP99Ms: 0, machineMs: lateMs }),
    unplug: () => Promise.resolve(clock.now()),
  }
  const cluster = new Cluster(engine as EngineCluster, { mode: 'cold', ms: 0 })
  const reports = (all: Readonly<Record<string, Partial<NodeReport>>> = {}) =>
    new Map(Object.entries(all).map(([name, report]) => [name, { ...SILENT, ...report }]))
  return {
    cluster,
    clock,
    inspect: (inspection, { events = [], untilMs = 60_000, before, after }) => {
      wire.append([...events].sort((a, b) => a.at - b.at))
      clock.time = untilMs
      return inspection.look({
        ...{ cluster, since: ms(0), until: ms(untilMs) },
        ...{ before: reports(before), after: reports(after) },
      })
    },
    macOf: (node) => cluster.node(node).mac,
  }
}
