import t from 'tap'
import { demandWishes } from '../../../src/cluster/index.ts'
import { distinctClusters, wishesOf } from '../../../src/run/claim-versions.ts'
import { listTopologies, loadTopology } from '../../../src/topology/index.ts'

void t.test('what the run is told takes the place of what a claim has, axis by axis', async (t) => {
  const versions = { keepalived: 'master=bookworm,backup=trixie' }
  t.strictSame(wishesOf({}, {}), {})
  t.strictSame(wishesOf({ versions }, {}), versions)
  t.strictSame(wishesOf({ versions }, { kernel: '6.12' }), { kernel: '6.12', ...versions })
  t.strictSame(wishesOf({ versions }, { keepalived: '2.1.5' }), { keepalived: '2.1.5' })
})

void t.test('each choice of versions is one cluster to be made ready', async (t) => {
  const topology = await loadTopology('versions')
  const of = (...ids: string[]): (typeof topology)['claims'] => topology.claims.filter(({ id }) => ids.includes(id))
  const wishes = (claims: (typeof topology)['claims'], asked = {}): unknown[] =>
    distinctClusters(new Map([[topology, claims]]), asked).map((one) => one.wishes)
  t.strictSame(wishes(of('ver-pair', 'ver-checks', 'ver-sync')), [{ keepalived: 'master=bookworm,backup=trixie' }, {}])
  t.strictSame(wishes(topology.claims, { keepalived: '2.1.5', kernel: '5.10' }), [
    { kernel: '5.10', keepalived: '2.1.5' },
  ])
})

void t.test('the names in the claims of every topology are names of its nodes', async (t) => {
  for (const topology of await listTopologies()) {
    for (const claim of topology.claims) demandWishes(topology, wishesOf(claim, {}))
  }
  const topology = await loadTopology('versions')
  t.throws(() => demandWishes(topology, { keepalived: 'master=2.2.7,web1=2.3.3' }), {
    code: 'LVSLAB_E_NODE_UNKNOWN',
    exitCode: 2,
    seen: 'there are: lb1, lb2, master, backup, director',
  })
  t.throws(() => demandWishes(topology, { kernel: 'lb3=6.1' }), { message: 'versions has no node "lb3"' })
})
