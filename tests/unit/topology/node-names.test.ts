import t from 'tap'
import { loadTopology } from '../../../src/topology/index.ts'
import { chosenFor, demandNames } from '../../../src/topology/node-names.ts'

const named = (...names: string[]): { readonly name: string }[] => names.map((name) => ({ name }))

void t.test(
  'master is the preferred candidate of the first VIP, backup its others, a role all that have it',
  async (t) => {
    const topology = await loadTopology('dr-vrrp')
    const names = (...choices: string[]): (string | undefined)[] =>
      topology.nodes.map((node) => chosenFor(topology, node, named(...choices))?.name)
    t.strictSame(
      topology.nodes.map(({ name }) => name),
      ['client', 'keepalived', 'keepalived-backup', 'node-1', 'node-2'],
    )
    t.strictSame(names('master', 'backup'), [undefined, 'master', 'backup', undefined, undefined])
    t.strictSame(names('real-server', 'client'), ['client', undefined, undefined, 'real-server', 'real-server'])
  },
)

void t.test('a name goes before master and backup, these before a role, whatever comes first', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const choices = named('keepalived', 'master', 'director', 'backup')
  for (const each of [choices, choices.toReversed()]) {
    t.equal(chosenFor(topology, { name: 'keepalived' }, each)?.name, 'keepalived')
    t.equal(chosenFor(topology, { name: 'keepalived-backup' }, each)?.name, 'backup')
  }
  t.equal(chosenFor(topology, { name: 'keepalived-backup' }, named('director'))?.name, 'director')
  t.equal(chosenFor(topology, { name: 'node-1' }, named('real-server', 'web'))?.name, 'web', 'the last of two roles')
})

void t.test('a name that stands for nothing is refused, with those that there are', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const kernel = { option: '--kernel' }
  const keepalived = { option: '--keepalived', only: 'director' } as const
  demandNames(topology, ['node-1', 'master', 'backup', 'web', 'client'], kernel)
  demandNames(topology, ['keepalived', 'master', 'backup', 'director'], keepalived)
  t.throws(() => demandNames(topology, ['master', 'mister'], kernel), {
    code: 'LVSLAB_E_NODE_UNKNOWN',
    exitCode: 2,
    message: 'dr-vrrp has no node "mister"',
    seen: 'there are: client, keepalived, keepalived-backup, node-1, node-2, master, backup, director, real-server, web',
    todo: 'did you mean "master"?',
  })
  t.throws(() => demandNames(topology, ['client'], keepalived), {
    message: 'dr-vrrp has no director "client"',
    seen: 'there are: keepalived, keepalived-backup, master, backup, director',
  })
})

void t.test('a topology with one director has no backup', async (t) => {
  const topology = await loadTopology('nat-director')
  t.throws(() => demandNames(topology, ['backup'], { option: '--kernel' }), { code: 'LVSLAB_E_NODE_UNKNOWN' })
})
