import t from 'tap'
import { loadTopology } from '../../../src/topology/load.ts'
import { mistakes, topologyFolder, VALID } from './fixture.ts'

const SERVER = 'interfaces: { eth0: { network: inside, address: 10.10.10.11/24 } }\n'

/** The small cluster with an NFS server, and more keys for the real server. */
const withServer = (keys: string): string =>
  VALID.replace(SERVER, `${SERVER}${keys}`).replace(
    'vips:',
    '  store:\n    roles: [nfs-server]\n    interfaces: { eth0: { network: inside, address: 10.10.10.20/24 } }\nvips:',
  )

void t.test('aliases, routes, a tunnel, mounts and scripts reach the plan', async (t) => {
  const text = withServer(
    `    routes: { 172.16.0.0/16: 10.10.10.1 }
    tunnel: [192.168.2.11/32]
    mounts: { /var/www/html: 10.10.10.20:/opt/web, /srv: { from: '10.10.10.20:/opt/srv', options: 'ro,soft' } }
    files: { /usr/local/sbin/set-up: { from: keepalived.conf, mode: '0755' } }
    scripts: [/usr/local/sbin/set-up]
`,
  ).replace('address: 192.168.2.21/24', 'address: 192.168.2.21/24, aliases: [192.168.2.22/24]')
  const { nodes } = await loadTopology(await topologyFolder(t, text))
  const node = (name: string) => nodes.find((one) => one.name === name)!
  t.same(node('client').interfaces[0]!.aliases, ['192.168.2.22/24'])
  t.match(node('server'), {
    routes: [{ to: '172.16.0.0/16', via: '10.10.10.1' }],
    tunnel: ['192.168.2.11/32'],
    mounts: [
      { from: '10.10.10.20:/opt/web', at: '/var/www/html', options: '' },
      { from: '10.10.10.20:/opt/srv', at: '/srv', options: 'ro,soft' },
    ],
    scripts: ['/usr/local/sbin/set-up'],
  })
})

void t.test('a node may be called as its document calls it', async (t) => {
  const { nodes } = await loadTopology(await topologyFolder(t, VALID.replace('  client:', '  Client-1:')))
  t.equal(nodes[0]!.name, 'Client-1')
})

const wrong: readonly [name: string, keys: string, expected: string][] = [
  ['a route to an address', '    routes: { 172.16.0.1/16: 10.10.10.1 }', '172.16.0.1/16 is an address in a network'],
  [
    'a route by what cannot be reached',
    '    routes: { 172.16.0.0/16: 10.9.9.9 }',
    'cannot reach the next hop 10.9.9.9',
  ],
  ['a route by something else', '    routes: { 172.16.0.0/16: gate }', '"gate" is not an IPv4 address'],
  ['a tunnel address without a prefix', '    tunnel: [192.168.2.11]', '"192.168.2.11" has no prefix'],
  ['a mount of no folder', '    mounts: { /srv: 10.10.10.20 }', '"10.10.10.20" is not a server and a folder'],
  ['a mount from no NFS server', '    mounts: { /srv: 10.10.10.1:/opt }', '10.10.10.1 is the address of no NFS server'],
  ['a mount point that is none', '    mounts: { srv: 10.10.10.20:/opt }', '"srv" is not the absolute path of a folder'],
  ['a script that is no file', '    scripts: [/bin/x]', '/bin/x is not among the files of server'],
]
for (const [name, keys, expected] of wrong) {
  void t.test(name, async (t) => {
    const found = await topologyFolder(t, withServer(`${keys}\n`))
      .then(loadTopology)
      .then(() => 'no mistake')
      .catch((error: { problems: { message: string }[] }) => error.problems.map(({ message }) => message).join())
    t.match(found, expected)
  })
}

void t.test('an alias that somebody else has', async (t) => {
  const found = await mistakes(
    t,
    'address: 192.168.2.21/24',
    'address: 192.168.2.21/24, aliases: [192.168.2.1/24, 192.168.3.1/24]',
  )
  t.match(found.join('\n'), /192\.168\.2\.1 is taken: client has it on eth0/)
  t.match(found.join('\n'), /192\.168\.3\.1 is outside its network outside/)
})
