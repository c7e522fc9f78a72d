import path from 'node:path'
import t from 'tap'
import { listTopologies, loadTopology } from '../../../src/topology/load.ts'
import { VALID, topologyFolder } from './fixture.ts'

void t.test('dr-vrrp has the figures of document 004', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  t.equal(topology.name, 'dr-vrrp')
  t.equal(topology.document, '004')
  t.strictSame(
    topology.nodes.map(({ name, interfaces }) => `${name} ${interfaces.map((i) => `${i.name} ${i.address}`).join()}`),
    [
      'client eth1 192.168.88.2/24',
      'keepalived eth1 192.168.88.8/24',
      'keepalived-backup eth1 192.168.88.9/24',
      'node-1 eth1 192.168.88.10/24',
      'node-2 eth1 192.168.88.11/24',
    ],
  )
  t.strictSame(topology.vips, [
    {
      address: '192.168.88.100',
      prefix: 24,
      network: 'lan',
      interface: 'eth1',
      candidates: ['keepalived', 'keepalived-backup'],
    },
  ])
  t.strictSame(topology.virtualServices, [
    {
      address: '192.168.88.100',
      port: 80,
      protocol: 'TCP',
      scheduler: 'wlc',
      forwarding: 'DR',
      realServers: [
        { node: 'node-1', address: '192.168.88.10', port: 80, weight: 3 },
        { node: 'node-2', address: '192.168.88.11', port: 80, weight: 3 },
      ],
    },
  ])
})

void t.test('the real servers of dr-vrrp carry the VIP on lo and do not answer ARP for it', async (t) => {
  const { nodes } = await loadTopology('dr-vrrp')
  for (const node of nodes.filter(({ roles }) => roles.includes('real-server'))) {
    t.strictSame(node.loopback, ['192.168.88.100/32'])
    t.equal(node.sysctls['net.ipv4.conf.all.arp_ignore'], '1')
    t.equal(node.sysctls['net.ipv4.conf.all.arp_announce'], '2')
  }
})

void t.test('defaults are filled in', async (t) => {
  const folder = await topologyFolder(t, VALID)
  const { networks, nodes, virtualServices, notes } = await loadTopology(folder)
  t.strictSame(networks[0], { name: 'outside', cidr: '192.168.2.0/24', kind: 'switch' })
  t.strictSame(nodes[1]?.files, [
    {
      guestPath: '/etc/keepalived/keepalived.conf',
      hostPath: path.join(folder, 'keepalived.conf'),
      mode: '0644',
    },
  ])
  t.equal(nodes[0]?.memoryMiB, 192)
  t.equal(nodes[2]?.gateway, '10.10.10.1')
  t.equal(virtualServices[0]?.protocol, 'TCP')
  t.strictSame(notes, [])
})

void t.test('a file may name its mode', async (t) => {
  const entry = '{ from: keepalived.conf, mode: "0600" }'
  const text = VALID.replace('keepalived.conf: keepalived.conf', `keepalived.conf: ${entry}`)
  const { nodes } = await loadTopology(await topologyFolder(t, text))
  t.equal(nodes[1]?.files[0]?.mode, '0600')
})

void t.test('MAC addresses are locally administered, unique, and the same every time', async (t) => {
  const macs = (await loadTopology('dr-vrrp')).nodes.flatMap(({ interfaces }) => interfaces.map(({ mac }) => mac))
  for (const mac of macs) t.match(mac, /^02(:[0-9a-f]{2}){5}$/)
  t.equal(new Set(macs).size, macs.length)
  const again = (await loadTopology('dr-vrrp')).nodes.flatMap(({ interfaces }) => interfaces.map(({ mac }) => mac))
  t.strictSame(again, macs)
})

void t.test('an unknown name is answered with the nearest', async (t) => {
  await t.rejects(loadTopology('dr-vrpp'), {
    code: 'LVSLAB_E_TOPOLOGY_UNKNOWN',
    exitCode: 5,
    message: 'there is no topology "dr-vrpp"',
    todo: 'did you mean "dr-vrrp"?',
  })
})

void t.test('a folder without topology.yaml is named', async (t) => {
  const folder = t.testdir({})
  await t.rejects(loadTopology(folder), {
    code: 'LVSLAB_E_TOPOLOGY_UNKNOWN',
    message: `there is no topology in ${folder}`,
    seen: `no ${path.join(folder, 'topology.yaml')}`,
  })
})

void t.test('all topologies of the project are valid', async (t) => {
  const topologies = await listTopologies()
  t.ok(topologies.some(({ name }) => name === 'dr-vrrp'))
  for (const { name, folder } of topologies) t.equal(path.basename(folder), name)
})
