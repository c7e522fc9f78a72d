import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { serverPlan } from '../../../src/run/bench/clusters.ts'
import { ipvsRules, keepalivedConf, serversOf, servicesOf, sizeName } from '../../../src/run/bench/scale-rules.ts'
import { readKeepalivedConfs, loadTopology } from '../../../src/topology/index.ts'

const servers = serverPlan(['node-1', 'node-2'], '192.168.88')

void t.test("the rules are ipvsadm's", async (t) => {
  t.equal(
    ipvsRules('192.168.88.100', servicesOf(2), servers),
    [
      '-A -t 192.168.88.100:80 -s wlc',
      '-a -t 192.168.88.100:80 -r 192.168.88.128:80 -g -w 1',
      '-a -t 192.168.88.100:80 -r 192.168.88.129:80 -g -w 1',
      '-A -t 192.168.88.100:10001 -s wlc',
      '-a -t 192.168.88.100:10001 -r 192.168.88.128:10001 -g -w 1',
      '-a -t 192.168.88.100:10001 -r 192.168.88.129:10001 -g -w 1',
      '',
    ].join('\n'),
  )
  t.equal(ipvsRules('192.168.88.100', serversOf(64), servers).match(/^-a/gm)?.length, 64)
})

void t.test("keepalived's configuration says the same, as the project's own reader reads it", async (t) => {
  const topology = await loadTopology('dr-vrrp')
  for (const size of [servicesOf(3), serversOf(64)]) {
    const folder = t.testdir({})
    await mkdir(folder, { recursive: true })
    const hostPath = join(folder, 'keepalived.conf')
    const base = { vip: '192.168.88.100', interface: 'eth1', vrid: 18, size, servers }
    await writeFile(hostPath, keepalivedConf({ ...base, priority: 100 }))
    const nodes = topology.nodes.map((node) => ({ ...node, files: node.files.map((file) => ({ ...file, hostPath })) }))
    const conf = (await readKeepalivedConfs({ ...topology, nodes })).get('keepalived')
    t.equal(conf?.vrrpInstances[0]?.virtualRouterId, 18)
    t.equal(conf?.virtualServers.length, size.services)
    const [first, ...ballast] = conf?.virtualServers ?? []
    t.equal(first?.realServers.length, size.servers)
    t.ok(first?.realServers.every(({ checkers }) => checkers[0]?.kind === 'HTTP_GET'))
    t.ok(ballast.every(({ realServers }) => realServers.every(({ checkers }) => checkers.length === 0)))
  }
})

void t.test('sizes have names', async (t) => {
  t.strictSame([servicesOf(1), servicesOf(1000), serversOf(64)].map(sizeName), [
    '1 virtual service',
    '1,000 virtual services',
    '64 real servers',
  ])
})
