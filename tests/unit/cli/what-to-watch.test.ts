import t from 'tap'
import { whatToWatch } from '../../../src/cli/supervisor/what-to-watch.ts'
import { Cluster } from '../../../src/cluster/index.ts'
import type { EngineCluster } from '../../../src/engine/engine.ts'
import type { Fault } from '../../../src/fault/index.ts'
import { loadTopology } from '../../../src/topology/index.ts'

/** A cluster of which only the topology is looked at. */
async function clusterOf(name: string): Promise<Cluster> {
  const topology = await loadTopology(name)
  const machines = new Map(topology.nodes.map((node) => [node.name, { name: node.name }]))
  return new Cluster({ topology, machines } as unknown as EngineCluster, { mode: 'cold', ms: 0 })
}

async function firstLine(topology: string, node: string): Promise<string> {
  const struck = { id: 'f1', kind: 'stop-service', fault: {} as Fault, node }
  return whatToWatch(await clusterOf(topology), topology, struck)[0] ?? ''
}

void t.test('a real server leaves the table only where something checks it', async (t) => {
  t.match(await firstLine('dr-vrrp', 'node-1'), /192\.168\.88\.10 may leave the director's table$/)
  t.match(await firstLine('dr-director', 'rs2'), /192\.168\.11\.101 stays in the director's table, unless keepalived/)
  t.match(await firstLine('nat-director', 'rs1'), /192\.168\.11\.100 stays in the director's table, unless keepalived/)
})

void t.test('a VIP moves only where there is somebody to move to', async (t) => {
  t.match(await firstLine('dr-vrrp', 'keepalived'), /192\.168\.88\.100 may move to keepalived-backup$/)
  t.equal(await firstLine('dr-director', 'dr'), 'npx lvslab status')
  const cluster = await clusterOf('dr-vrrp')
  const struck = { id: 'f1', kind: 'reset', fault: {} as Fault, node: 'keepalived-backup' }
  const watch = whatToWatch(cluster, 'dr-vrrp', struck, () => cluster.node('keepalived'))
  t.equal(watch[0], 'npx lvslab status', 'and only from who had it')
})

void t.test('what to type names the cluster where its name is not that of its topology', async (t) => {
  const struck = { id: 'f1', kind: 'stop-service', fault: {} as Fault, node: 'rs2' }
  t.same(whatToWatch(await clusterOf('nat-director'), 'two', struck).slice(1), [
    'npx lvslab exec --cluster two client -- curl -s -m 1 http://192.168.22.11/',
    'npx lvslab heal --cluster two f1',
  ])
})
