import t from 'tap'
import { loadTopology } from '../../../src/topology/load.ts'
import { mistakes, mistakesOf, topologyFolder, VALID } from './fixture.ts'

const cases: readonly {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly expect: string[]
}[] = [
  {
    name: 'an unknown key',
    from: 'title: two',
    to: 'titel: x\ntitle: two',
    expect: ['2:1 KEY the topology knows no key "titel"'],
  },
  {
    name: 'a missing key',
    from: '    scheduler: rr\n',
    to: '',
    expect: ['23:5 MISSING virtual-services[0] has no "scheduler"'],
  },
  {
    name: 'a wrong type',
    from: 'weight: 2',
    to: 'weight: many',
    expect: ['26:69 TYPE virtual-services[0].real-servers[0].weight must be a number, not "many"'],
  },
  {
    name: 'a document number without quotes',
    from: 'title: two',
    to: 'document: 004\ntitle: two',
    expect: ['2:11 TYPE document must be text: put the number in quotes, "004"'],
  },
  {
    name: 'an unknown role',
    from: 'roles: [client]',
    to: 'roles: [clinet]',
    expect: [
      '8:13 VALUE nodes.client.roles[0] is "clinet", which is none of director, real-server, web, ftp-server, nfs-server, router, heartbeat, client',
    ],
  },
  {
    name: 'a weight out of range',
    from: 'weight: 2',
    to: 'weight: 65536',
    expect: ['26:69 VALUE virtual-services[0].real-servers[0].weight is 65536: must be 0..65535'],
  },
  {
    name: 'a key that is there twice',
    from: '  server:\n',
    to: '  client:\n',
    expect: ['16:3 DUPLICATE this key is here twice'],
  },
  {
    name: 'a bad prefix',
    from: '192.168.2.21/24',
    to: '192.168.2.21/33',
    expect: ['9:54 ADDRESS "/33" is not a prefix'],
  },
  {
    name: 'an address without a prefix',
    from: '192.168.2.21/24',
    to: '192.168.2.21',
    expect: ['9:54 ADDRESS "192.168.2.21" has no prefix'],
  },
  {
    name: 'an address outside its network',
    from: '192.168.2.21/24',
    to: '192.168.3.21/24',
    expect: ['9:54 ADDRESS 192.168.3.21 is outside its network outside, 192.168.2.0/24'],
  },
  {
    name: 'the broadcast address as a node',
    from: '192.168.2.21/24',
    to: '192.168.2.255/24',
    expect: ['9:54 ADDRESS 192.168.2.255 is the broadcast address of outside, 192.168.2.0/24'],
  },
  {
    name: 'two nodes with one address',
    from: '192.168.2.21/24',
    to: '192.168.2.1/24',
    expect: ['13:42 DUPLICATE 192.168.2.1 is taken: client has it on eth0 (line 9)'],
  },
  {
    name: 'a prefix that is not the one of the network',
    from: '192.168.2.21/24',
    to: '192.168.2.21/16',
    expect: ['9:54 ADDRESS 192.168.2.21/16 has another prefix than its network outside, /24'],
  },
  {
    name: 'an unknown network',
    from: 'eth1: { network: inside',
    to: 'eth1: { network: insde',
    expect: ['14:24 REFERENCE there is no network "insde"'],
  },
  {
    name: 'a network that is an address',
    from: 'cidr: 10.10.10.0/24',
    to: 'cidr: 10.10.10.1/24',
    expect: ['5:19 ADDRESS 10.10.10.1/24 is an address in a network, not a network'],
  },
  {
    name: 'networks that overlap',
    from: 'networks:',
    to: 'networks:\n  wide: { cidr: 10.0.0.0/8 }',
    expect: ['6:19 DUPLICATE 10.10.10.0/24 overlaps the network wide, 10.0.0.0/8 (line 4)'],
  },
  {
    name: 'an interface name that Linux does not take',
    from: '{ eth0: { network: outside, address: 192.168.2.21',
    to: '{ ethernet-number-0: { network: outside, address: 192.168.2.21',
    expect: ['9:19 VALUE the interface name "ethernet-number-0" has 17 characters; Linux takes 15'],
  },
  {
    name: 'a gateway out of reach',
    from: 'gateway: 10.10.10.1',
    to: 'gateway: 192.168.2.1',
    expect: ['18:14 ADDRESS server cannot reach its gateway 192.168.2.1: it is in none of its networks'],
  },
  {
    name: 'a VIP outside its network',
    from: '- { address: 192.168.2.11/24',
    to: '- { address: 192.168.9.11/24',
    expect: [
      '21:16 ADDRESS 192.168.9.11 is outside its network outside, 192.168.2.0/24',
      "23:14 REFERENCE 192.168.2.11 is neither a VIP nor a director's address",
    ],
  },
  {
    name: 'a candidate that is no director',
    from: 'candidates: [director]',
    to: 'candidates: [client]',
    expect: ['21:81 REFERENCE client may not own a VIP: it is no director'],
  },
  {
    name: 'a candidate without the interface of the VIP',
    from: 'interface: eth0, candidates',
    to: 'interface: eth9, candidates',
    expect: ['21:62 REFERENCE director has no interface "eth9"'],
  },
  {
    name: 'a real server with the address of another',
    from: 'address: 10.10.10.11:80',
    to: 'address: 10.10.10.12:80',
    expect: ['26:45 REFERENCE 10.10.10.12 is not an address of server'],
  },
  {
    name: 'direct routing to another port',
    from: 'forwarding: NAT\n    real-servers: [{ node: server, address: 10.10.10.11:80',
    to: 'forwarding: DR\n    real-servers: [{ node: server, address: 10.10.10.11:8080',
    expect: ['26:45 VALUE DR cannot change the port: the service has 80, the real server 8080'],
  },
  {
    name: 'a path in the machine that climbs',
    from: '/etc/keepalived/keepalived.conf:',
    to: '/etc/keepalived/../keepalived.conf:',
    expect: ['15:14 VALUE "/etc/keepalived/../keepalived.conf" is not an absolute path of a file in the machine'],
  },
]

for (const { name, from, to, expect } of cases) {
  void t.test(`${name} is reported with its place`, async (t) => {
    t.strictSame(await mistakes(t, from, to), expect)
  })
}

void t.test('text that is no YAML is reported with its place', async (t) => {
  t.match(await mistakesOf(t, 'name: a\nnodes: [1, 2\n'), [/^3:1 YAML not valid YAML: /])
})

void t.test('a missing configuration file is named with the path that was tried', async (t) => {
  const folder = await topologyFolder(
    t,
    VALID.replace('keepalived.conf: keepalived.conf', 'keepalived.conf: other.conf'),
  )
  await t.rejects(loadTopology(folder), {
    code: 'LVSLAB_E_TOPOLOGY_CONFIG_FILE',
    message: new RegExp(`:15:47: /etc/keepalived/keepalived.conf of director: there is no file ${folder}/other.conf$`),
  })
})

void t.test('one mistake is shown with its line and a caret', async (t) => {
  const folder = await topologyFolder(t, VALID.replace('scheduler: rr', 'scheduler: rrr'))
  await t.rejects(loadTopology(folder), {
    code: 'LVSLAB_E_TOPOLOGY_VALUE',
    exitCode: 2,
    seen: '24 |     scheduler: rrr\n   |                ^^^',
    todo: 'did you mean "rr" or "wrr"?',
  })
})

void t.test('several mistakes are reported at once, in the order of the file', async (t) => {
  const text = VALID.replace('weight: 2', 'weight: -1').replace('roles: [client]', 'rolls: [client]')
  const folder = await topologyFolder(t, text)
  await t.rejects(loadTopology(folder), { code: 'LVSLAB_E_TOPOLOGY_INVALID', message: /: 3 mistakes$/ })
  t.strictSame(
    (await mistakesOf(t, text)).map((line) => line.split(' ')[1]),
    ['MISSING', 'KEY', 'VALUE'],
  )
})
