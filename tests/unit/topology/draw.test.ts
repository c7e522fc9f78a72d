import t from 'tap'
import { drawTopology } from '../../../src/topology/draw/index.ts'
import { loadTopology } from '../../../src/topology/load.ts'
import { topologyFolder, VALID } from './fixture.ts'

void t.test('one network: directors and clients above, servers below, the owner marked', async (t) => {
  const owner = new Map([['192.168.88.100', 'keepalived']])
  const expected = [
    ' ┌───────────────────┐  ┌──────────────────────┐  ┌──────────────────────┐',
    ' │ client            │  │ keepalived           │  │ keepalived-backup    │',
    ' │ eth1 192.168.88.2 │  │ director             │  │ director             │',
    ' │                   │  │ eth1 192.168.88.8    │  │ eth1 192.168.88.9    │',
    ' │                   │  │ ● VIP 192.168.88.100 │  │ ○ VIP 192.168.88.100 │',
    ' └─────────┬─────────┘  └───────────┬──────────┘  └───────────┬──────────┘',
    '           │  lan 192.168.88.0/24   │                         │',
    ' ══════════╧════════════╤═══════════╧════════════╤════════════╧═══════════',
    '                        │                        │',
    '             ┌──────────┴──────────┐  ┌──────────┴──────────┐',
    '             │ node-1              │  │ node-2              │',
    '             │ real-server, web    │  │ real-server, web    │',
    '             │ eth1 192.168.88.10  │  │ eth1 192.168.88.11  │',
    '             │ lo   192.168.88.100 │  │ lo   192.168.88.100 │',
    '             └─────────────────────┘  └─────────────────────┘',
  ]
  t.equal(drawTopology(await loadTopology('dr-vrrp'), { owner }), expected.join('\n'))
})

void t.test('two networks: the director stands between them', async (t) => {
  const lines = drawTopology(await loadTopology(await topologyFolder(t, VALID))).split('\n')
  const at = (text: string) => lines.findIndex((line) => line.includes(text))
  t.ok(at('192.168.2.21') < at('outside 192.168.2.0/24'))
  t.ok(at('outside 192.168.2.0/24') < at('eth1 10.10.10.1'))
  t.ok(at('eth1 10.10.10.1') < at('inside 10.10.10.0/24 (hub)'))
  t.ok(at('inside 10.10.10.0/24 (hub)') < at('eth0 10.10.10.11'))
})

void t.test('it stays within the width, and loses no node', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  for (const width of [40, 60, 80, 200]) {
    const picture = drawTopology(topology, { width })
    t.ok(
      picture.split('\n').every((line) => line.length <= width),
      `${width} columns`,
    )
    for (const { name } of topology.nodes) t.match(picture, new RegExp(`│ ${name} `))
  }
})

void t.test('a state that is not up is written beside the name', async (t) => {
  const states = new Map([
    ['keepalived', 'off'],
    ['node-1', 'up'],
  ])
  const picture = drawTopology(await loadTopology('dr-vrrp'), { states })
  t.match(picture, '│ keepalived · off ')
  t.match(picture, '│ node-1   ')
})

void t.test('colour only adds colour', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const colored = drawTopology(topology, { color: true })

  t.equal(colored.replace(/\u001b\[\d+m/g, ''), drawTopology(topology))
  t.not(colored, drawTopology(topology))
})
