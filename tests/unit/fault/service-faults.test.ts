import t from 'tap'
import { killProcess, reloadService, restartService, startService, stopService } from '../../../src/fault/index.ts'
import { fakeCluster } from './support/fake-cluster.ts'

const bench = () => {
  const { cluster, node, machine } = fakeCluster({
    web1: { roles: ['real-server', 'web'], services: ['nginx'] },
    lb1: { roles: ['director'], services: ['keepalived'] },
  })
  return { cluster, web: node('web1'), machine: machine('web1'), lb: node('lb1'), director: machine('lb1') }
}

/** What is only asked, not done. */
const done = (lines: string[]): string[] => lines.filter((line) => !/^(systemctl show|sleep)/.test(line))

void t.test('a service stops, and starts again when healed', async (t) => {
  const { cluster, web, machine } = bench()
  const fault = await stopService(cluster, web, 'nginx')
  t.match(fault, { kind: 'stopService', target: 'web1:nginx', at: 20, uncertaintyMs: 10, remains: undefined })
  t.same(done(machine.take()), ['systemctl stop nginx'])
  await fault.heal()
  await fault.heal()
  t.same(done(machine.take()), ['systemctl reset-failed -- nginx 2>/dev/null', 'systemctl start nginx'])
})

void t.test('what was stopped before is not started by healing, what ran before not stopped', async (t) => {
  const { cluster, web, machine } = bench()
  const running = await startService(cluster, web, 'nginx')
  machine.take()
  await running.heal()
  t.equal(machine.units.get('nginx'), 'active')
  machine.units.set('nginx', 'inactive')
  await (await stopService(cluster, web, 'nginx')).heal()
  t.equal(machine.units.get('nginx'), 'inactive')
})

void t.test('a stop and a start of one service heal in either order', async (t) => {
  for (const newestFirst of [true, false]) {
    for (const before of ['active', 'inactive'] as const) {
      const { cluster, web, machine } = bench()
      machine.units.set('nginx', before)
      const faults = [await startService(cluster, web, 'nginx'), await stopService(cluster, web, 'nginx')]
      for (const fault of newestFirst ? faults.reverse() : faults) await fault.heal()
      t.equal(machine.units.get('nginx'), before, `${before}, ${newestFirst ? 'newest' : 'oldest'} first`)
    }
  }
})

void t.test('a restart and a reload are over when they are done, and say so', async (t) => {
  const { cluster, web, machine } = bench()
  const faults = [await restartService(cluster, web, 'nginx'), await reloadService(cluster, web, 'nginx')]
  t.same(done(machine.take()), ['systemctl restart nginx', 'systemctl reload nginx'])
  for (const fault of faults) {
    t.match(fault.remains, /nothing was undone/)
    await fault.heal()
  }
  t.same(machine.take(), [])
})

void t.test('a unit that is not there is refused, and nothing is done', async (t) => {
  const { cluster, web, machine } = bench()
  for (const strike of [stopService, startService, restartService, reloadService]) {
    await t.rejects(strike(cluster, web, 'httpd'), { code: 'LVSLAB_E_NO_UNIT', exitCode: 2, todo: /nginx/ })
  }
  machine.units.set('nginx', 'inactive')
  for (const strike of [restartService, reloadService]) {
    await t.rejects(strike(cluster, web, 'nginx'), { code: 'LVSLAB_E_NOT_ACTIVE' })
  }
  t.same(done(machine.take()), [])
})

void t.test('a stop that fails half way is undone, and its own error is told', async (t) => {
  const { cluster, web, machine } = bench()
  machine.rules.push((line) => (line === 'systemctl stop nginx' ? { exitCode: 1, stderr: 'timed out' } : undefined))
  await t.rejects(stopService(cluster, web, 'nginx'), { code: 'LVSLAB_E_COMMAND_FAILED', seen: 'timed out' })
  t.match(done(machine.take()), ['systemctl stop nginx', /reset-failed/, 'systemctl start nginx'])
})

void t.test('a heal that fails can be tried again', async (t) => {
  const { cluster, web, machine } = bench()
  const fault = await stopService(cluster, web, 'nginx')
  let broken = true
  machine.rules.push((line) => (broken && line === 'systemctl start nginx' ? { exitCode: 1 } : undefined))
  await t.rejects(fault.heal(), { code: 'LVSLAB_E_COMMAND_FAILED' })
  broken = false
  await fault.heal()
  t.equal(machine.units.get('nginx'), 'active')
})

/** keepalived: parent 10, checker 11, VRRP child 12, each started at its pid times 100. */
function keepalived(director: ReturnType<typeof bench>['director'], pids = [10, 11, 12]) {
  director.rules.push((line) => {
    if (line.startsWith('for pid in $(pgrep')) {
      const rows = pids.map((pid) => `${pid} ${pid === pids[0] ? 1 : pids[0]} ${pid * 100}`)
      return [...rows, 'vrrp.pid 12', 'checkers.pid 11'].join('\n')
    }
    if (!line.startsWith('same() {')) return undefined
    const struck = [...line.matchAll(/hit (\d+) \d+/g)].map(([, pid]) => pid)
    const held = [...line.matchAll(/hold (\d+) \d+/g)].map(([, pid]) => pid)
    if (held.length > 0) director.done.push(`HOLD ${held.join(' ')}`)
    director.done.push(`${/hit\(\) .*kill -s (\w+)/.exec(line)?.[1]} ${struck.join(' ')}`)
    return struck.join('\n')
  })
}

const signals = (lines: string[]): string[] => lines.filter((line) => /^[A-Z]+ \d/.test(line))

void t.test('parent, children, VRRP and checker process are told apart', async (t) => {
  const cases = { all: '10 11 12', parent: '10', children: '11 12', vrrp: '12', checker: '11' } as const
  for (const [part, pids] of Object.entries(cases)) {
    const { cluster, lb, director } = bench()
    keepalived(director)
    const fault = await killProcess(cluster, lb, 'keepalived', 'TERM', { part: part as keyof typeof cases })
    t.same(signals(director.take()), [`TERM ${pids}`])
    t.equal(fault.target, part === 'all' ? 'lb1:keepalived' : `lb1:keepalived:${part}`)
  }
})

void t.test('several that are killed are held first, and parents killed last: none lives on to tidy up', async (t) => {
  const { cluster, lb, director } = bench()
  keepalived(director)
  await killProcess(cluster, lb, 'keepalived')
  t.same(signals(director.take()), ['HOLD 10 11 12', 'KILL 11 12 10'])
})

void t.test(
  'healing starts a unit that its killed process took along, or restarts one that lacks a child',
  async (t) => {
    const dead = bench()
    keepalived(dead.director)
    dead.director.rules.unshift((line) => {
      if (line.startsWith('same()')) dead.director.units.set('keepalived', 'inactive')
      return undefined
    })
    const killed = await killProcess(dead.cluster, dead.lb, 'keepalived')
    dead.director.take()
    await killed.heal()
    t.equal(dead.director.units.get('keepalived'), 'active')
    t.notMatch(done(dead.director.take()).join('\n'), 'restart')

    const orphaned = bench()
    const pids = [10, 11, 12]
    keepalived(orphaned.director, pids)
    const child = await killProcess(orphaned.cluster, orphaned.lb, 'keepalived', 'KILL', { part: 'vrrp' })
    pids.pop()
    orphaned.director.take()
    await child.heal()
    t.equal(done(orphaned.director.take()).at(-1), 'systemctl restart keepalived')
  },
)

void t.test('a daemon that is complete again by itself is left alone', async (t) => {
  const { cluster, lb, director } = bench()
  keepalived(director)
  const fault = await killProcess(cluster, lb, 'keepalived', 'HUP')
  director.take()
  await fault.heal()
  t.notMatch(director.take().join('\n'), /systemctl (re)?start/)
})

void t.test('what two STOPs have stopped goes on when both are healed', async (t) => {
  for (const newestFirst of [true, false]) {
    const { cluster, lb, director } = bench()
    keepalived(director)
    const faults = [
      await killProcess(cluster, lb, 'keepalived', 'STOP'),
      await killProcess(cluster, lb, 'keepalived', 'STOP', { part: 'vrrp' }),
    ]
    t.same(signals(director.take()), ['STOP 10 11 12', 'STOP 12'])
    for (const fault of newestFirst ? faults.reverse() : faults) await fault.heal()
    t.same(signals(director.take()), newestFirst ? ['CONT 10 11 12'] : ['CONT 10 11', 'CONT 12'])
  }
})

void t.test('a program that does not run is refused, and nothing is signalled', async (t) => {
  const { cluster, lb, director } = bench()
  await t.rejects(killProcess(cluster, lb, 'keepalived'), { code: 'LVSLAB_E_NO_PROCESS', exitCode: 2 })
  keepalived(director, [10])
  await t.rejects(killProcess(cluster, lb, 'keepalived', 'KILL', { part: 'vrrp' }), {
    code: 'LVSLAB_E_NO_PROCESS',
    seen: 'keepalived: 10 (of 1)',
  })
  await t.rejects(killProcess(cluster, lb, 'keepalived', 'NONE' as 'KILL'), { code: 'LVSLAB_E_SIGNAL' })
  t.same(signals(director.take()), [])
})
