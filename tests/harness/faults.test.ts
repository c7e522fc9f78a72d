/** Every fault on real machines: that it has its effect, on the wire or in the guest, and that healing undoes it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { after, type ClusterTime } from '../../src/clock.ts'
import { Lab, type Cluster, type Node } from '../../src/cluster/index.ts'
import {
  exhaustPorts,
  fillDisk,
  freeze,
  hogCpu,
  killProcess,
  loseNfsServer,
  needsOf,
  panic,
  reloadService,
  reset,
  restartService,
  spoofArp,
  startService,
  stepClock,
  stopService,
} from '../../src/fault/index.ts'
import { run } from '../../src/host/process.ts'
import { burst } from '../../src/load/index.ts'
import { onlyCandidatesAnnounceVip, onlyCandidatesAnswerArp } from '../../src/verdict/index.ts'
import { announcementOf } from '../support/heartbeat.ts'

t.setTimeout(0)

/** A master is missed after 3.6 s in dr-vrrp; the machines may be late. */
const TAKEOVER_MS = 20_000
/** Between the readings of two clocks a program may be kept from running. */
const CLOCK_READ_S = 0.1

const directory = await mkdtemp(join(tmpdir(), 'lvslab-faults-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const lab = await Lab.open({ progress: (line) => t.comment(line) })

const boot = (topology: string, faults: string[]): Promise<Cluster> =>
  lab.boot(topology, { evidenceDir: join(directory, topology), needs: needsOf(faults) })

const curl = async (node: Node, url: string): Promise<number> =>
  (await node.run(`curl -s -m 2 -o /dev/null ${url}`)).exitCode

const pidOf = (node: Node, unit: string): Promise<string> => node.succeed(`systemctl show -p MainPID --value ${unit}`)

const advertOf = (cluster: Cluster, node: Node, since: ClusterTime): Promise<unknown> =>
  cluster.wire.waitFor(
    {
      description: `an advert of ${node.name}`,
      match: (event) => event.type === 'vrrp' && event.srcIp === node.address && event.priority > 0,
      related: (event) => event.type === 'vrrp',
    },
    { since, timeoutMs: TAKEOVER_MS },
  )

async function services(t: Test, cluster: Cluster): Promise<void> {
  const node = cluster.node('node-2')
  const before = await pidOf(node, 'nginx')
  const worker = await node.succeed(`pgrep -P ${before}`)
  await (await reloadService(cluster, node, 'nginx')).heal()
  t.equal(await pidOf(node, 'nginx'), before, 'a reload keeps the process')
  await node.succeed(
    `for i in 1 2 3 4 5 6 7 8 9; do [ "$(pgrep -P ${before})" = ${worker} ] || exit 0; sleep 0.5; done; exit 1`,
  )
  await (await restartService(cluster, node, 'nginx')).heal()
  t.not(await pidOf(node, 'nginx'), before, 'a restart does not')

  const rpcbind = node.service('rpcbind')
  t.notOk(await rpcbind.isActive())
  const started = await startService(cluster, node, 'rpcbind')
  t.ok(await rpcbind.isActive(), 'what should not run is started')
  const stopped = await stopService(cluster, node, 'rpcbind')
  t.notOk(await rpcbind.isActive())
  await started.heal()
  await stopped.heal()
  t.notOk(await rpcbind.isActive(), 'and as it was before, though the older fault was healed first')
  await t.rejects(stopService(cluster, node, 'httpd'), { code: 'LVSLAB_E_NO_UNIT' })
  await t.rejects(killProcess(cluster, node, 'httpd'), { code: 'LVSLAB_E_NO_PROCESS' })
}

async function clockDiskAndProcessor(t: Test, cluster: Cluster): Promise<void> {
  const node = cluster.node('node-1')
  // Wall clock less monotonic clock, s: stepping changes that, time passing does not. 228 is clock_gettime(2) on x86-64.
  const clocks =
    'sub at { my $t = "\\0" x 16; syscall(228, $_[0], $t) < 0 and die; my ($s, $n) = unpack "q2", $t; $s + $n / 1e9 }'
  const origin = async (): Promise<number> =>
    Number(await node.succeed(`perl -e '${clocks} printf "%.6f", at(0) - at(1)'`))
  const right = await origin()
  const steps = [await stepClock(cluster, node, -90_000), await stepClock(cluster, node, 3_600_000)]
  const off = (await origin()) - right
  t.ok(Math.abs(off - 3_510) <= CLOCK_READ_S, `two steps: ${off} s`)
  await steps[0]!.heal()
  await steps[1]!.heal()
  const left = (await origin()) - right
  t.ok(Math.abs(left) <= CLOCK_READ_S, `healed: ${left} s`)

  const free = "df --output=avail / | tail -n 1 | tr -d ' '"
  const write = 'dd if=/dev/zero of=/root/probe bs=64k count=1 conv=fsync 2>&1; code=$?; rm -f /root/probe; exit $code'
  const full = await fillDisk(cluster, node)
  t.equal(await node.succeed(free), '0')
  t.match(await node.run(write), { exitCode: 1, stdout: /No space left on device/ })
  await full.heal()
  t.ok(Number(await node.succeed(free)) > 100_000)
  t.equal((await node.run(write)).exitCode, 0)

  const count = 'pgrep -fc "^perl -e alarm.*lvslab-hog" || :'
  const bystander = await node.succeed("perl -e 'sleep 600' </dev/null >/dev/null 2>&1 & echo $!")
  const hog = await hogCpu(cluster, node, { processes: 3, forS: 120 })
  t.equal(await node.succeed(count), '3')
  await hog.heal()
  t.equal(await node.succeed(count), '0')
  t.equal((await node.run(`kill ${bystander}`)).exitCode, 0, 'what others run goes on')
}

async function ports(t: Test, cluster: Cluster): Promise<void> {
  const { client, service } = cluster
  const direct = `http://${cluster.node('node-1').address}/`
  const since = cluster.clock.now()
  const fault = await exhaustPorts(cluster, client, { ports: 60 })
  t.equal(await curl(client, cluster.url()), 7, 'no port to connect from (curl: failed to connect)')
  t.equal(await curl(client, direct), 0, 'but to others')
  const refused = await burst(cluster, client, { url: cluster.url(), count: 3 })
  t.strictSame(
    refused.map(({ exitCode }) => exitCode),
    [7, 7, 7],
    'a load feels it too',
  )
  const used = new Set(
    cluster.wire
      .handshakes({ dstIp: service.address, dstPort: service.port, clientIp: client.address }, { since })
      .map(({ srcPort }) => srcPort),
  )
  t.equal(used.size, 60, 'the wire shows a connection from each')
  await t.rejects(exhaustPorts(cluster, client), { code: 'LVSLAB_E_FAULT_TARGET' })
  await fault.heal()
  t.equal(await curl(client, cluster.url()), 0)
  t.equal(await client.succeed('cat /proc/sys/net/ipv4/ip_local_port_range'), '32768\t60999')
}

async function stranger(t: Test, cluster: Cluster): Promise<void> {
  const { client, vip, clock } = cluster
  // One that does not use what it believes, and so does not find out either (arp(7)).
  const [believer] = await vip.others()
  const neighbour = (): Promise<string> => believer!.succeed(`ip neigh show ${vip.address}`)
  await believer!.succeed(`ping -c 1 -W 5 ${vip.address}`)
  t.equal(await curl(client, cluster.url()), 0)
  // The owner announces the VIP every 10 s (garp_master_refresh), and all believe it until the stranger speaks again.
  const owner = await vip.owner()
  await cluster.wire.waitFor(announcementOf(owner, vip), { timeoutMs: 15_000 })
  const since = clock.now()
  t.same(onlyCandidatesAnnounceVip.violations(cluster, 0 as ClusterTime, since), [])
  const fault = await spoofArp(cluster, 'lan', { everyMs: 300, answers: true })
  // The kernel keeps what it has learnt for a second whatever it hears (arp(7), locktime).
  await client.succeed(
    `for i in 1 2 3 4 5 6 7 8 9; do ip neigh show ${vip.address} | grep -q ${fault.mac} && exit; sleep 0.5; done; exit 1`,
  )
  t.equal(await curl(client, cluster.url()), 28, 'the client sends to the stranger, which swallows it')
  t.match(await neighbour(), fault.mac)
  await client.run(`arping -q -c 1 -w 2 -I ${vip.spec.interface} ${vip.address}`)
  const healedAt = await fault.heal()
  const claims = cluster.wire.gratuitousArps(vip.address, { since }).filter(({ senderMac }) => senderMac === fault.mac)
  t.ok(claims.length >= 6 && claims.every(({ at, cable }) => at <= healedAt && cable.startsWith('stranger-')))
  t.same(new Set(claims.map(({ operation }) => operation)), new Set(['request', 'reply']))
  for (const invariant of [onlyCandidatesAnnounceVip, onlyCandidatesAnswerArp]) {
    const seen = invariant.violations(cluster, since, clock.now()).join('\n')
    t.match(seen, new RegExp(`stranger-\\d+:eth0 \\(${fault.mac}\\)`), invariant.text)
  }
  t.match(await neighbour(), fault.mac, 'who believed it still does, as is said')
  t.match(fault.remains, fault.mac)
  await owner.succeed(`arping -q -U -c 2 -I ${vip.spec.interface} ${vip.address}`)
  t.match(await neighbour(), owner.mac, 'until the owner announces it again')
  await client.succeed(`ip neigh flush dev ${vip.spec.interface}`)
  t.equal(await curl(client, cluster.url()), 0)
}

async function vrrpProcess(t: Test, cluster: Cluster): Promise<void> {
  const [master, [backup]] = [await cluster.vip.owner(), await cluster.vip.others()]
  const vrrp = 'cat /run/vrrp.pid'
  const before = await master.succeed(vrrp)
  const paused = await killProcess(cluster, master, 'keepalived', 'STOP', { part: 'vrrp' })
  await advertOf(cluster, backup!, paused.at)
  t.pass('a VRRP process that stands still is missed')
  const continued = await paused.heal()
  await advertOf(cluster, master, continued)
  t.equal(await master.succeed(vrrp), before, 'it goes on when it is continued')

  const killed = await killProcess(cluster, master, 'keepalived', 'KILL', { part: 'vrrp' })
  await master.succeed(`for i in 1 2 3 4 5 6 7 8 9; do [ "$(${vrrp})" != ${before} ] && exit; sleep 0.5; done; exit 1`)
  const parent = await pidOf(master, 'keepalived')
  await killed.heal()
  t.equal(await pidOf(master, 'keepalived'), parent, 'the parent has started another, and is left alone')
  await advertOf(cluster, master, cluster.clock.now())
}

async function machines(t: Test, cluster: Cluster): Promise<void> {
  const [master, [backup]] = [await cluster.vip.owner(), await cluster.vip.others()]
  const server = cluster.node('node-1')
  const bootId = 'cat /proc/sys/kernel/random/boot_id'
  const before = await server.succeed(bootId)
  const stopped = await stopService(cluster, cluster.node('node-2'), 'nginx')
  const rebooting = await reset(cluster, server)
  const crashed = await panic(cluster, master)
  t.equal(server.standstill, 'booting')
  t.equal(master.standstill, 'panicked')
  await advertOf(cluster, backup!, crashed.at)
  const last = cluster.wire.lastAdvert({}, { until: crashed.at })
  t.equal(last?.srcIp, master.address)
  t.same(
    cluster.wire.adverts({}, { since: after(crashed.at, 1) }).filter(({ srcIp }) => srcIp === master.address),
    [],
  )
  t.same(cluster.engine.casualties(), [], 'nobody takes it for an accident')
  t.match(await master.machine.console(40), 'Kernel panic - not syncing')

  const frozen = await freeze(cluster, cluster.node('node-2'))
  await stopped.heal()
  await frozen.heal()
  t.ok(await cluster.node('node-2').service('nginx').isActive(), 'what was healed while it was frozen is mended')

  await Promise.all([crashed.heal(), rebooting.heal()])
  t.not(await server.succeed(bootId), before)
  t.match(await server.addresses(), new Map([['lo', ['127.0.0.1/8', `${cluster.vip.address}/32`]]]))
  t.ok(await server.service('nginx').isActive())
  t.ok(await master.service('keepalived').isActive())
  await advertOf(cluster, master, cluster.clock.now())
  t.same(cluster.engine.casualties(), [])
}

void t.test('dr-vrrp', async (t) => {
  const kinds = ['reset', 'panic', 'clock-step', 'disk-full', 'cpu-hog', 'port-exhaustion', 'arp-spoof', 'kill-process']
  await using cluster = await boot('dr-vrrp', kinds)
  const parts = { services, clockDiskAndProcessor, ports, stranger, vrrpProcess, machines }
  for (const [name, part] of Object.entries(parts)) await t.test(name, (t) => part(t, cluster))
})

void t.test('a machine that ends while it shuts down to reboot is missed at once', async (t) => {
  await using cluster = await boot('dr-vrrp', [])
  const { machine } = cluster.node('node-1')
  const pattern = ['-P', `${process.pid}`, '-f', '--', `-name ${machine.name} `]
  const rebooting = t.rejects(machine.reboot(), { code: 'LVSLAB_E_MACHINE_DOWN', message: /node-1/ })
  await pause(300)
  process.kill(Number((await run('pgrep', pattern, { timeoutMs: 5_000 })).stdout), 'SIGKILL')
  const killedAt = performance.now()
  await rebooting
  t.ok(performance.now() - killedAt < 5_000, `after ${(performance.now() - killedAt).toFixed(0)} ms`)
})

void t.test('dr-nfs', async (t) => {
  await using cluster = await boot('dr-nfs', ['nfs-gone'])
  const server = cluster.node('web1')
  const nfs = cluster.the('nfs-server')
  // Dropped while the server is there: a delegation that is given back to one that is not waits for it in the kernel.
  const forget = (): Promise<string> => server.succeed('echo 3 >/proc/sys/vm/drop_caches')
  // A hard mount waits for ever (nfs(5)): only KILL ends that.
  const read = async (timeoutS: number): Promise<number> =>
    (await server.run(`timeout -s KILL ${timeoutS} cat /var/www/html/index.html`)).exitCode
  const exports = async (): Promise<number> => (await server.run(`timeout 20 showmount -e ${nfs.address}`)).exitCode
  t.equal(await read(20), 0)
  await forget()
  const byCable = await loseNfsServer(cluster, nfs, 'cable')
  t.not(await read(4), 0, 'no page without the cable')
  const healedAt = await byCable.heal()
  const meanwhile = cluster.wire.framesWith({ ip: nfs.address, network: 'lan' }, { since: byCable.at, until: healedAt })
  t.same(
    meanwhile.filter(({ cable }) => cable === nfs.cable()),
    [],
    'nothing of it is on the wire',
  )
  t.equal(await read(50), 0, 'the page is back')

  t.equal(await exports(), 0)
  await forget()
  const byService = await loseNfsServer(cluster)
  t.not(await read(4), 0, 'no page without the service')
  t.not(await exports(), 0, 'and nothing is exported')
  const refused = cluster.wire
    .within({ since: after(byService.at, -byService.uncertaintyMs) })
    .filter((event) => event.type === 'tcp' && event.srcIp === nfs.address && event.srcPort === 2049)
  t.ok(
    refused.some((event) => event.type === 'tcp' && (event.rst || event.fin)),
    'the wire shows how the server hangs up',
  )
  await byService.heal()
  t.equal(await exports(), 0)
  t.ok(await nfs.service('nfs-server').isActive())
  t.same(cluster.engine.casualties(), [])
})
