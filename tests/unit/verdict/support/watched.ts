import type { Test } from 'tap'
import { Cluster } from '../../../../src/cluster/index.ts'
import type { EngineCluster } from '../../../../src/engine/engine.ts'
import type { WireEvent } from '../../../../src/fabric/index.ts'
import { loadTopology, type Forwarding } from '../../../../src/topology/index.ts'
import type { Invariant } from '../../../../src/verdict/index.ts'
import { ms, scene } from '../../fabric/support/scene.ts'
import { topologyFolder, VALID } from '../../topology/fixture.ts'

const DIRECTOR = VALID.slice(VALID.indexOf('  director:'), VALID.indexOf('  server:'))
/** The topologies' fixture with a second director: both have one cable outside and one inside. */
const TWO_DIRECTORS = VALID.replace(
  '  server:',
  DIRECTOR.replace('  director:', '  standby:').replace('2.1/', '2.2/').replace('10.1/', '10.2/') + '  server:',
).replace('candidates: [director]', 'candidates: [director, standby]')

export const VIP = '192.168.2.11'
export const RIP = '10.10.10.11'
export const CLIENT = '192.168.2.21'

/** A cluster without machines, whose wire is told what to have seen. */
export async function watched(t: Test, forwarding: Forwarding = 'NAT') {
  const read = await loadTopology(await topologyFolder(t, TWO_DIRECTORS))
  const virtualServices = read.virtualServices.map((service) => ({ ...service, forwarding }))
  const { wire, clock } = scene()
  const engine: Partial<EngineCluster> = { topology: { ...read, virtualServices }, wire, clock, machines: new Map() }
  const cluster = new Cluster(engine as EngineCluster, { mode: 'cold', ms: 0 })
  /** What `invariant` says to these events. */
  const judge = (invariant: Invariant, ...events: WireEvent[]): string[] => {
    wire.append(events)
    return invariant.violations(cluster, ms(0), ms(1000))
  }
  const macOf = (node: string, nic: string): string =>
    cluster.node(node).spec.interfaces.find(({ name }) => name === nic)!.mac
  return { judge, macOf }
}
