import t from 'tap'
import { loadTopology } from '../../../../src/topology/index.ts'
import { Vantage, watchedNodes } from '../../../../src/engine/vagrant/vantage.ts'

const topology = await loadTopology('dr-vrrp')
const vantage = new Vantage(topology)
const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const VRRP_GROUP = '01:00:5e:00:00:12'
const STRANGER = '52:54:00:00:00:01'

function mac(node: string): string {
  return topology.nodes.find(({ name }) => name === node)!.interfaces[0]!.mac
}

/** Where a frame counts, of all NICs that may see it, and what is taken for its source. */
function counted(from: string, to: string): string[] {
  const bytes = [...to.split(':'), ...from.split(':')].map((hex) => parseInt(hex, 16))
  const frame = Uint8Array.from([...bytes, 8, 0])
  return watchedNodes(topology).flatMap(({ name }) => {
    const source = vantage.source(`${name}:eth1`, 'lan', frame)
    return source === undefined ? [] : [`${name} sees it from ${source}`]
  })
}

t.strictSame(
  watchedNodes(topology).map(({ name }) => name),
  ['client', 'keepalived', 'keepalived-backup'],
  'the client and the directors are watched',
)

void t.test('a frame between two watched machines counts once: where it was sent', (t) => {
  t.strictSame(counted(mac('client'), mac('keepalived')), ['client sees it from client:eth1'])
  t.strictSame(counted(mac('keepalived'), mac('client')), ['keepalived sees it from keepalived:eth1'])
  t.end()
})

void t.test('a frame from or to a server counts at the machine that is watched', (t) => {
  t.strictSame(counted(mac('node-1'), mac('client')), ['client sees it from node-1:eth1'])
  t.strictSame(counted(mac('keepalived'), mac('node-1')), ['keepalived sees it from keepalived:eth1'])
  t.strictSame(
    counted(mac('node-1'), mac('node-2')),
    [],
    'between two servers nobody counts it, though a NIC may see it',
  )
  t.end()
})

void t.test('adverts and broadcasts all count at one machine, the client: times of one clock', (t) => {
  for (const name of ['keepalived', 'keepalived-backup', 'node-1', 'client']) {
    for (const group of [BROADCAST, VRRP_GROUP]) {
      t.strictSame(counted(mac(name), group), [`client sees it from ${name}:eth1`])
    }
  }
  t.end()
})

void t.test('where the first machine is off, the next one counts', (t) => {
  const without = new Vantage(topology, (cable) => cable !== 'client:eth1')
  const frame = Uint8Array.from([
    ...[255, 255, 255, 255, 255, 255],
    ...mac('node-1')
      .split(':')
      .map((hex) => parseInt(hex, 16)),
    8,
    6,
  ])
  t.equal(without.source('keepalived:eth1', 'lan', frame), 'node-1:eth1')
  t.equal(without.source('keepalived-backup:eth1', 'lan', frame), undefined)
  t.end()
})

void t.test('who does not belong to the cluster is seen, too', (t) => {
  t.strictSame(counted(STRANGER, mac('keepalived')), ['keepalived sees it from unknown:lan'])
  t.strictSame(counted(STRANGER, BROADCAST), ['client sees it from unknown:lan'])
  t.end()
})

void t.test('half a header is nobody’s', (t) => {
  t.equal(vantage.source('client:eth1', 'lan', new Uint8Array(13)), undefined)
  t.end()
})
