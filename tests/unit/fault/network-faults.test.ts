import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import type { Cluster } from '../../../src/cluster/index.ts'
import { Node } from '../../../src/cluster/node.ts'
import { CAPABILITIES } from '../../../src/engine/capabilities.ts'
import type { NetworkControl } from '../../../src/engine/engine.ts'
import { cutOneWay, impair, injectFault, makeHub, partition } from '../../../src/fault/index.ts'
import type { NodeSpec } from '../../../src/topology/index.ts'

/** Nodes lb1, lb2 and web1 on networks lan and, but web1, sync; what is done to the networks is noted. */
function bench() {
  const done: unknown[][] = []
  let kind: 'switch' | 'hub' = 'switch'
  const note = async (...call: unknown[]) => {
    done.push(call)
    return { at: 5 as ClusterTime, undo: async () => (done.push(['undo', call[0]]), 9 as ClusterTime) }
  }
  const network: NetworkControl = {
    impair: (...call) => note('impair', ...call),
    cut: (...call) => note('cut', ...call),
    partition: (...call) => note('partition', ...call),
    setKind: async (name, next) => {
      const previous = kind
      kind = next
      return { previous, ...(await note('setKind', name, next)) }
    },
    admit: async (...call) => ({ cable: 'stranger-1:eth0', ...(await note('admit', ...call)) }),
    flushMacs: async () => 0 as ClusterTime,
  }
  const node = (name: string, ...networks: string[]) => {
    const interfaces = networks.map((each, index) => ({ name: `eth${index + 1}`, network: each }))
    return new Node({ name, interfaces } as unknown as NodeSpec, {} as Node['machine'])
  }
  const nodes = [node('lb1', 'lan', 'sync'), node('lb2', 'lan', 'sync'), node('web1', 'lan')]
  const cluster = {
    engine: { network, name: 'fake', capabilities: new Set(CAPABILITIES) },
    clock: { now: () => 7 as ClusterTime },
    topology: { name: 'three', networks: [{ name: 'lan' }, { name: 'sync' }] },
    nodes,
    node: (name: string) => nodes.find((each) => each.name === name),
    the: () => nodes[2],
    vip: { owner: async () => nodes[0], others: async () => [nodes[1]] },
  } as unknown as Cluster
  return { cluster, nodes, done, strike: (name: string, target: string) => injectFault(cluster, name, target) }
}

void t.test('faults of the network are handles on its clock, and heal once', async (t) => {
  const { cluster, nodes, done } = bench()
  const faults = [
    await impair(cluster, nodes[0]!, { delay: { ms: 20 }, direction: 'in' }),
    await cutOneWay(cluster, 'lb2:eth2', 'out'),
    await partition(cluster, 'sync', [[nodes[0]!], ['lb2:eth2']]),
    await makeHub(cluster, 'lan'),
  ]
  t.same(done, [
    ['impair', 'lb1:eth1', 'in', { delay: { ms: 20 } }],
    ['cut', 'lb2:eth2', 'out'],
    ['partition', 'sync', [['lb1:eth2'], ['lb2:eth2']]],
    ['setKind', 'lan', 'hub'],
  ])
  t.match(faults, [
    { kind: 'delay', target: 'lb1:eth1:in:20ms', at: 5, uncertaintyMs: 0 },
    { kind: 'cutOneWay', target: 'lb2:eth2:out' },
    { kind: 'partition', target: 'sync:lb1/lb2:eth2' },
    { kind: 'makeHub', target: 'lan' },
  ])
  done.length = 0
  for (const fault of faults) t.same([await fault.heal(), await fault.heal()], [9, 9])
  t.same(done, [
    ['undo', 'impair'],
    ['undo', 'cut'],
    ['undo', 'partition'],
    ['undo', 'setKind'],
  ])
})

const typed: [kind: string, target: string, call: unknown[]][] = [
  ['loss', 'web1:10%', ['impair', 'web1:eth1', 'both', { loss: 0.1 }]],
  ['loss', 'real-server:10%', ['impair', 'web1:eth1', 'both', { loss: 0.1 }]],
  ['delay', 'master:eth2:out:20ms', ['impair', 'lb1:eth2', 'out', { delay: { ms: 20 } }]],
  ['rate', 'backup:in:10mbit', ['impair', 'lb2:eth1', 'in', { rate: { bitsPerSecond: 1e7 } }]],
  ['one-way', 'web1:eth1:in', ['cut', 'web1:eth1', 'in']],
  ['one-way', 'master:out', ['cut', 'lb1:eth1', 'out']],
  ['partition', 'lan:master/backup,web1', ['partition', 'lan', [['lb1:eth1'], ['lb2:eth1', 'web1:eth1']]]],
  ['partition', 'lan:master|backup', ['partition', 'lan', [['lb1:eth1'], ['lb2:eth1']]]],
  ['hub', 'sync', ['setKind', 'sync', 'hub']],
]

void t.test('a person types them, with roles for names', async (t) => {
  for (const [kind, target, call] of typed) {
    const { done, strike } = bench()
    await strike(kind, target)
    t.same(done, [call], `${kind} ${target}`)
  }
})

const mistyped: [kind: string, target: string, message: RegExp][] = [
  ['loss', 'web1', /needs to be told more/],
  ['loss', 'web1:eth1:in', /cannot read "in"/],
  ['loss', 'web1:eth7:10%', /cannot read "eth7" of web1/],
  ['loss', 'web1:eth1:up:10%', /cannot read "up"/],
  ['delay', 'web1:eth1:20', /cannot read "20"/],
  ['one-way', 'web1:eth1', /which way/],
  ['partition', 'lan', /needs to be told more/],
  ['partition', 'wan:lb1', /no network "wan"/],
  ['partition', 'lan:lb1//lb2', /a node is missing/],
  ['partition', 'sync:lb1/web1', /web1 is not on network sync/],
  ['hub', 'lb1', /no network "lb1"/],
]

void t.test('what cannot be understood is refused with one code', async (t) => {
  for (const [kind, target, message] of mistyped) {
    const { done, strike } = bench()
    await t.rejects(strike(kind, target), { code: 'LVSLAB_E_FAULT_TARGET', exitCode: 2, message }, `${kind} ${target}`)
    t.same(done, [])
  }
  const { strike } = bench()
  await strike('hub', 'lan')
  await t.rejects(strike('hub', 'lan'), { code: 'LVSLAB_E_FAULT_TARGET', message: 'lan is a hub already' })
  await t.rejects(strike('earthquake', 'lan'), { code: 'LVSLAB_E_FAULT_UNKNOWN', seen: /one-way NODE/ })
})
