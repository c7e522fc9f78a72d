import t from 'tap'
import { loadTopology } from '../../../src/topology/load.ts'
import {
  type KeepalivedConf,
  KeepalivedConfError,
  parseKeepalivedConf,
  readKeepalivedConfs,
} from '../../../src/topology/keepalived-conf/index.ts'

const parse = (text: string, version?: string): KeepalivedConf =>
  parseKeepalivedConf(text, 'k.conf', version === undefined ? {} : { version })

const refusal = (text: string): string => {
  try {
    parse(text)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof KeepalivedConfError)) throw error
    return `${error.code.replace('LVSLAB_E_KEEPALIVED_CONF_', '')} ${error.message}`
  }
}

void t.test('dr-vrrp: both directors have the figures of document 004, and differ in priority alone', async (t) => {
  const confs = await readKeepalivedConfs(await loadTopology('dr-vrrp'))
  const [master, backup] = [confs.get('keepalived'), confs.get('keepalived-backup')]
  t.strictSame(master?.vrrpInstances, [
    {
      name: 'HA_WebServer',
      interface: 'eth1',
      virtualRouterId: 18,
      priority: 100,
      state: 'MASTER',
      advertIntS: 1,
      version: 2,
      authentication: { type: 'PASS', password: '123456' },
      virtualIpaddresses: [{ address: '192.168.88.100', prefix: 24, dev: 'eth1' }],
      unicastPeers: [],
      nopreempt: false,
      preemptDelayS: 0,
      downTimerAdverts: 3,
      garp: {
        masterDelayS: 5,
        masterRepeat: 5,
        masterRefreshS: 10,
        masterRefreshRepeat: 2,
        lowerPrioDelayS: 5,
        lowerPrioRepeat: 5,
      },
      trackScripts: [],
      trackInterfaces: [],
    },
  ])
  t.strictSame(backup?.vrrpInstances, [{ ...master?.vrrpInstances[0], priority: 99 }])
  t.strictSame(backup?.virtualServers, master?.virtualServers)
  t.equal(master?.routerId, 'LVS_8808')
  t.strictSame(master?.notes, [])
})

void t.test('dr-vrrp: keepalived.conf and topology.yaml say the same of the virtual service', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const confs = await readKeepalivedConfs(topology)
  for (const { virtualServers } of confs.values()) {
    const services = virtualServers.map(({ address, port, protocol, scheduler, forwarding, realServers }) => ({
      address,
      port,
      protocol,
      scheduler,
      forwarding,
      realServers: realServers.map(({ address, port, weight }) => ({ address, port, weight })),
    }))
    const expected = topology.virtualServices.map((service) => ({
      ...service,
      realServers: service.realServers.map(({ address, port, weight }) => ({ address, port, weight })),
    }))
    t.strictSame(services, expected)
  }
})

void t.test('dr-vrrp: the candidates stand in the order of their priorities', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const confs = await readKeepalivedConfs(topology)
  const priorities = topology.vips[0]?.candidates.map((node) => confs.get(node)?.vrrpInstances[0]?.priority)
  t.strictSame(priorities, [100, 99])
})

void t.test('HTTP_GET: one retry after 3 s where the file says nothing', async (t) => {
  const { virtualServers } = (await readKeepalivedConfs(await loadTopology('dr-vrrp'))).get('keepalived') ?? {}
  t.strictSame(virtualServers?.[0]?.realServers[0]?.checkers, [
    {
      kind: 'HTTP_GET',
      connectTimeoutS: 1,
      retry: 1,
      delayBeforeRetryS: 3,
      warmupS: 6,
      delayLoopS: 6,
      fastRecovery: false,
      urls: [{ path: '/', statusCodes: '200' }],
    },
  ])
})

const checkerOf = (text: string) => parse(text).virtualServers[0]?.realServers[0]?.checkers[0]

void t.test('the inner block counts, and the outer where it is silent', async (t) => {
  const checker = checkerOf(`
    virtual_server 10.0.0.1 80 {
      delay_loop 9
      retry 5
      connect_timeout 2
      real_server 10.0.0.2 80 { 
        delay_before_retry 0.5
        TCP_CHECK {
          connect_timeout 3
        }
      }
    }`)
  t.match(checker, { delayLoopS: 9, retry: 5, connectTimeoutS: 3, delayBeforeRetryS: 0.5, warmupS: 9 })
})

void t.test('defaults of a virtual server without figures', async (t) => {
  const { virtualServers } = parse(
    'virtual_server fwmark 3 {\n real_server 10.0.0.2 {\n PING_CHECK {\n }\n }\n persistence_timeout\n}',
  )
  t.match(virtualServers, [
    { fwmark: 3, delayLoopS: 60, scheduler: 'wlc', forwarding: 'NAT', protocol: 'TCP', persistenceTimeoutS: 360 },
  ])
  t.match(virtualServers[0]?.realServers[0]?.checkers[0], { connectTimeoutS: 5, retry: 1, delayBeforeRetryS: 1 })
})

void t.test('nb_get_retry is for HTTP_GET; in TCP_CHECK keepalived ignores it, and that is noted', async (t) => {
  const text = (kind: string) =>
    `virtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {\n  ${kind} {\n   nb_get_retry 3\n  }\n }\n}`
  t.equal(checkerOf(text('HTTP_GET'))?.retry, 3)
  t.equal(checkerOf(text('TCP_CHECK'))?.retry, 1)
  t.strictSame(parse(text('TCP_CHECK')).notes, [
    {
      message: 'keepalived knows no "nb_get_retry" in TCP_CHECK and ignores it',
      at: { line: 4, column: 4, length: 12 },
    },
  ])
})

void t.test('nat_mask is noted as ignored', async (t) => {
  const { notes } = parse('virtual_server 10.0.0.1 80 {\n nat_mask 255.255.255.0\n}')
  t.equal(notes[0]?.message, 'keepalived knows no "nat_mask" in virtual_server and ignores it')
})

void t.test('comments, quotes, joined lines and braces on the next line', async (t) => {
  const { vrrpInstances } = parse(`
! a comment
vrrp_instance "with space" # another
{
  interface eth1 ! and one more
  virtual_router_id 7
  priority \\
    150
  authentication { auth_type PASS
    auth_pass "a#b!c" }
  virtual_ipaddress { 10.0.0.1
    10.0.0.2/24 dev eth2 label x
  }
}`)
  t.match(vrrpInstances, [
    {
      name: 'with space',
      priority: 150,
      state: 'BACKUP',
      authentication: { password: 'a#b!c' },
      virtualIpaddresses: [
        { address: '10.0.0.1', prefix: 32 },
        { address: '10.0.0.2', prefix: 24, dev: 'eth2' },
      ],
    },
  ])
})

const instance = (lines: string, globals = ''): string =>
  `global_defs {\n${globals}\n}\nvrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n${lines}\n}`

void t.test('global figures hold for an instance that is silent', async (t) => {
  const globals = 'vrrp_garp_master_refresh 60\nvrrp_garp_master_repeat 2\nvrrp_version 3\nvrrp_startup_delay 2.5'
  const conf = parse(instance('advert_int 0.5\ngarp_master_repeat 4', globals))
  t.equal(conf.vrrpStartupDelayS, 2.5)
  t.match(conf.vrrpInstances[0], { version: 3, advertIntS: 0.5, garp: { masterRefreshS: 60, masterRepeat: 4 } })
  t.equal(conf.vrrpInstances[0]?.garp.lowerPrioRepeat, 2)
})

void t.test('nopreempt with state MASTER is cleared, as keepalived does, and noted', async (t) => {
  const conf = parse(instance('state MASTER\npriority 100\nnopreempt'))
  t.equal(conf.vrrpInstances[0]?.nopreempt, false)
  t.equal(conf.notes[0]?.message, 'nopreempt needs "state BACKUP"; keepalived clears it')
})

void t.test('state MASTER without a priority means 255', async (t) => {
  t.equal(parse(instance('state MASTER')).vrrpInstances[0]?.priority, 255)
  t.equal(parse(instance('')).vrrpInstances[0]?.priority, 100)
})

void t.test('a password is cut to the eight bytes of the packet', async (t) => {
  const conf = parse(instance('authentication {\nauth_type PASS\nauth_pass 123456789\n}'))
  t.equal(conf.vrrpInstances[0]?.authentication?.password, '12345678')
  t.equal(conf.notes.length, 1)
})

void t.test("a Debian package's version is understood", async (t) => {
  t.equal(parse('', '1:2.2.7-1+b2').version, '2.2.7')
  t.equal(parse('', '2.3.4').version, '2.3.4')
  t.equal(parse('').version, '2.2.7')
})

void t.test('what cannot be understood is refused with its place', async (t) => {
  t.equal(refusal('a {\n b {\n }\n'), 'SYNTAX k.conf:1:1: the block of "a" is not closed')
  t.equal(refusal('a {\n}\n}'), 'SYNTAX k.conf:3:1: this brace closes no block')
  t.equal(refusal('a "b\n'), 'SYNTAX k.conf:1:3: this quote is not closed on its line')
  t.equal(refusal(instance('priority 300')), 'VALUE k.conf:7:10: priority is 300, outside 1..255')
  t.equal(refusal(instance('priority high')), 'VALUE k.conf:7:10: priority is "high", which is not a whole number')
  t.equal(refusal(instance('advert_int 0.5')), 'VALUE k.conf:7:12: advert_int must be whole seconds in VRRP version 2')
  t.equal(
    refusal('vrrp_instance A {\n interface eth0\n}'),
    'MISSING k.conf:1:1: the VRRP instance A has no virtual_router_id',
  )
})

void t.test('what would change the text before it is read is refused, not guessed', async (t) => {
  for (const [line, what] of [
    ['include /etc/keepalived/*.conf', 'included files'],
    ['@main router_id x', 'conditional lines (@)'],
    ['$PRIO=100', 'definitions ($NAME=value)'],
    ['~SEQ(var, 1, 5)', 'sequences (~SEQ, ~LST)'],
  ] as const) {
    t.match(refusal(line), `UNSUPPORTED k.conf:1:1: ${what} are not supported here`)
  }
})
