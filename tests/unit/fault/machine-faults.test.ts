import t from 'tap'
import {
  exhaustPorts,
  fillDisk,
  freeze,
  hogCpu,
  loseNfsServer,
  panic,
  powerCut,
  reset,
  spoofArp,
  stepClock,
  stopService,
  unplug,
} from '../../../src/fault/index.ts'
import { fakeCluster } from './support/fake-cluster.ts'

function bench() {
  const fake = fakeCluster({
    client: { roles: ['client'] },
    web1: { roles: ['real-server', 'web'], services: ['nginx'] },
    nfs: { roles: ['nfs-server'], services: ['rpcbind', 'nfs-server'] },
  })
  const boots = { id: 'one' }
  for (const name of ['client', 'web1', 'nfs']) {
    fake.machine(name).rules.push((line) => {
      if (line === 'cat /proc/sys/kernel/random/boot_id') return boots.id
      if (line.startsWith('cat /proc/sys/net/ipv4/ip_local_port_range')) return '32768\t60999\n'
      if (line.includes('stat -f -c %T')) return 'ext2/ext3\n'
      if (line.includes('>/run/lvslab-ports-')) return line.startsWith('echo ') ? 'full 100\n' : undefined
      return undefined
    })
  }
  return { ...fake, boots, web: fake.node('web1'), machine: fake.machine('web1'), machineOf: fake.machine }
}

/** What is only asked, not done. */
const done = (lines: string[]): string[] =>
  lines.filter((line) => !/^(systemctl show|for tool in|cat \/proc|\[ -d)/.test(line))

void t.test('a reset machine is waited for and made what it was; nothing is touched before', async (t) => {
  const { cluster, web, machine } = bench()
  const fault = await reset(cluster, web)
  t.same(done(machine.take()), ['[reset]'])
  await fault.heal()
  t.same(done(machine.take()), ['[untilUp]', '[reprovision]'])
})

void t.test('a machine in panic is cut from its power and booted', async (t) => {
  const { cluster, web, machine } = bench()
  const fault = await panic(cluster, web)
  t.same(done(machine.take()), ['[panic]'])
  await fault.heal()
  t.same(done(machine.take()), ['[powerCut]', '[powerOn]', '[reprovision]'])
})

void t.test('what did not run before a reset does not run after it', async (t) => {
  const { cluster, web, machine } = bench()
  machine.units.set('nginx', 'inactive')
  const fault = await reset(cluster, web)
  machine.units.set('nginx', 'active')
  await fault.heal()
  t.equal(machine.units.get('nginx'), 'inactive')
})

void t.test('a stopped service and a reset heal in either order', async (t) => {
  for (const newestFirst of [true, false]) {
    const { cluster, web, machine } = bench()
    const stopped = await stopService(cluster, web, 'nginx')
    const fault = await reset(cluster, web)
    // A boot starts it.
    machine.units.set('nginx', 'active')
    if (newestFirst) {
      await fault.heal()
      t.equal(machine.units.get('nginx'), 'inactive', 'it is stopped as long as that is not healed')
      await stopped.heal()
    } else {
      await stopped.heal()
      await fault.heal()
    }
    t.equal(machine.units.get('nginx'), 'active')
  }
})

void t.test('a machine whose power was cut after its panic is booted once', async (t) => {
  for (const newestFirst of [true, false]) {
    const { cluster, web, machine } = bench()
    const faults = [await panic(cluster, web), await powerCut(cluster, web)]
    machine.take()
    for (const fault of newestFirst ? faults.reverse() : faults) await fault.heal()
    t.same(done(machine.take()), ['[powerOn]'])
  }
})

void t.test('what is healed while the machine is frozen is mended when it thaws', async (t) => {
  const { cluster, web, machine } = bench()
  const faults = [
    await stopService(cluster, web, 'nginx'),
    await fillDisk(cluster, web),
    await hogCpu(cluster, web),
    await stepClock(cluster, web, 90_000),
  ]
  const ice = await freeze(cluster, web)
  machine.take()
  for (const fault of faults) await fault.heal()
  t.same(machine.take(), [], 'a frozen machine is not asked for anything')
  await ice.heal()
  const lines = done(machine.take())
  t.match(lines, ['[thaw]', /reset-failed/, 'systemctl start nginx', /^rm -f \/\.lvslab-full/, /^for pid in/, /^perl/])
})

void t.test('after a boot only what is on the disk is left to be mended', async (t) => {
  const { cluster, web, machine, boots } = bench()
  const faults = [await fillDisk(cluster, web), await hogCpu(cluster, web), await stepClock(cluster, web, 90_000)]
  const dark = await powerCut(cluster, web)
  machine.take()
  for (const fault of faults) await fault.heal()
  boots.id = 'two'
  await dark.heal()
  t.match(done(machine.take()), ['[powerOn]', /^rm -f/])

  const late = await stepClock(cluster, web, 90_000)
  boots.id = 'three'
  machine.take()
  await late.heal()
  t.same(done(machine.take()), [], 'a machine that has booted has the right time')
})

void t.test('two freezes, and two pulls of one cable, are over when both are healed', async (t) => {
  const { cluster, web, machine, network } = bench()
  const [one, two] = [await freeze(cluster, web), await freeze(cluster, web)]
  machine.take()
  await one.heal()
  t.same(machine.take(), [])
  await two.heal()
  t.same(machine.take(), ['[thaw]'])
  const cables = [await unplug(cluster, web), await unplug(cluster, web)]
  await cables[0]!.heal()
  t.same(
    network.filter(([what]) => what === 'plug'),
    [],
  )
  await cables[1]!.heal()
  t.same(network.at(-1), ['plug', 'web1:eth1'])
})

void t.test('a clock is stepped by what the kernel is told, and back by the same', async (t) => {
  const spans = [
    [90_000, '90, 0', '-90, 0'],
    [-1_500, '-2, 500000000', '1, 500000000'],
    [1, '0, 1000000', '-1, 999000000'],
  ] as const
  for (const [byMs, there, back] of spans) {
    const { cluster, web, machine } = bench()
    const fault = await stepClock(cluster, web, byMs)
    t.match(done(machine.take()).join(), `0, ${there});`)
    await fault.heal()
    t.match(done(machine.take()).join(), `0, ${back});`)
  }
})

void t.test('what cannot be is refused before anything is done', async (t) => {
  const { cluster, web, machine, node, network } = bench()
  for (const byMs of [0, 0.5, Number.NaN, 4e11]) {
    await t.rejects(stepClock(cluster, web, byMs), { code: 'LVSLAB_E_CLOCK_STEP', exitCode: 2 })
  }
  const refused = { code: 'LVSLAB_E_FAULT_TARGET', exitCode: 2 }
  await t.rejects(hogCpu(cluster, web, { processes: 65 }), refused)
  await t.rejects(hogCpu(cluster, web, { forS: 0 }), refused)
  await t.rejects(exhaustPorts(cluster, node('client'), { ports: 1_001 }), refused)
  await t.rejects(loseNfsServer(cluster, web), { ...refused, seen: 'NFS servers: nfs' })
  await t.rejects(spoofArp(cluster, 'back'), { ...refused, message: 'network back has no VIP to claim' })
  machine.rules.unshift((line) => (line.includes('stat -f -c %T') ? 'tmpfs\n' : undefined))
  await t.rejects(fillDisk(cluster, web, '/run'), { ...refused, seen: 'it is tmpfs, not a file system on a disk' })
  machine.rules.unshift((line) => (line.includes('stat -f -c %T') ? { exitCode: 1 } : undefined))
  await t.rejects(fillDisk(cluster, web, '/nowhere'), { ...refused, seen: 'it is no directory' })
  machine.rules.unshift((line) => (line.startsWith('for tool in') ? 'perl\n' : undefined))
  for (const strike of [
    () => hogCpu(cluster, web),
    () => stepClock(cluster, web, 5),
    () => exhaustPorts(cluster, web),
  ]) {
    await t.rejects(strike(), { code: 'LVSLAB_E_FAULT_TOOL', message: 'web1 lacks perl' })
  }
  t.same(done(machine.take()), [])
  t.same(network, [])
})

void t.test('what fails half way is cleared away, and its own error is told', async (t) => {
  const { cluster, web, machine } = bench()
  machine.rules.unshift((line) =>
    /^(: >\/|count=0|echo 60900)/.test(line) ? { exitCode: 1, stderr: 'no' } : undefined,
  )
  const strikes = [
    [() => fillDisk(cluster, web), /^rm -f \/\.lvslab-full-/, 'LVSLAB_E_COMMAND_FAILED'],
    [() => hogCpu(cluster, web), /kill -9 .*rm -f \/run\/lvslab-hog-/, 'LVSLAB_E_COMMAND_FAILED'],
    [() => exhaustPorts(cluster, web), /kill -9 .*echo 32768 60999 >/, 'LVSLAB_E_PORTS_LEFT'],
  ] as const
  for (const [strike, cleared, code] of strikes) {
    await t.rejects(strike(), { code })
    t.match(done(machine.take()).at(-1), cleared)
  }
})

void t.test('ports are taken from a narrow range, which is wide again after', async (t) => {
  const { cluster, node, machineOf } = bench()
  const machine = machineOf('client')
  const fault = await exhaustPorts(cluster, node('client'), { ports: 200 })
  t.match(fault, { target: 'client:10.0.0.100:80' })
  t.match(machine.take().at(-1), /^echo 60800 60999 >\/proc.* 10\.0\.0\.100 80 200 3600 /)
  await fault.heal()
  t.match(machine.take().at(-1), /echo 32768 60999 >\/proc\/sys\/net\/ipv4\/ip_local_port_range$/)
})

void t.test('an NFS server goes by its service or by its cable', async (t) => {
  const { cluster, network, node } = bench()
  const service = await loseNfsServer(cluster)
  t.match(service, { kind: 'loseNfsServer', target: 'nfs:service' })
  t.same(network, [])
  await service.heal()
  const cable = await loseNfsServer(cluster, node('nfs'), 'cable')
  await cable.heal()
  t.same(network, [
    ['unplug', 'nfs:eth1'],
    ['plug', 'nfs:eth1'],
  ])
})

void t.test('a stranger claims the VIP, goes when healed, and what stays is said', async (t) => {
  const { cluster, network } = bench()
  const one = await spoofArp(cluster, 'lan', { answers: true })
  const other = await spoofArp(cluster, 'lan', { address: '10.0.0.9', everyMs: 200 })
  t.not(one.mac, other.mac)
  t.match(network, [
    ['admit', 'lan', { address: '10.0.0.100', mac: one.mac, answers: true }],
    ['admit', 'lan', { address: '10.0.0.9', mac: other.mac, everyMs: 200 }],
  ])
  t.match(one.remains, `what is for 10.0.0.100 to ${one.mac}`)
  await one.heal()
  t.same(network.at(-1), ['dismiss'])
})
