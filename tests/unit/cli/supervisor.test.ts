import t from 'tap'
import type { Cluster } from '../../../src/cluster/index.ts'
import type { ClusterTime } from '../../../src/clock.ts'
import type { Fault } from '../../../src/fault/index.ts'
import { FaultBook } from '../../../src/cli/supervisor/fault-book.ts'
import { guestCommand } from '../../../src/cli/supervisor/guest-command.ts'
import { readProbe } from '../../../src/cli/supervisor/node-probe.ts'
import { startTicks } from '../../../src/cli/supervisor/process-identity.ts'
import { ScreenState } from '../../../src/cli/shell/screen-state.ts'

/** A book whose faults only note that they were healed. */
function book(healed: string[] = [], off = new Set<string>()) {
  const cluster = { node: (name: string) => ({ running: !off.has(name) }) } as unknown as Cluster
  const faults = new FaultBook(async (_cluster, kind, target) => {
    const heal = async (): Promise<ClusterTime> => {
      healed.push(`${kind} ${target}`)
      return 0 as ClusterTime
    }
    return { kind, target, at: 0, uncertaintyMs: 0, heal } as unknown as Fault
  })
  return { faults, strike: (kind: string, target: string) => faults.strike(cluster, kind, target) }
}

void t.test('all faults heal, the newest first', async (t) => {
  const healed: string[] = []
  const { faults, strike } = book(healed)
  await strike('unplug', 'a:eth1')
  t.equal((await strike('stop-service', 'b:nginx')).id, 'f2')
  await faults.heal(undefined, () => undefined)
  t.same(healed, ['stop-service b:nginx', 'unplug a:eth1'])
  t.same(faults.active, [])
  t.equal((await strike('unplug', 'a:eth1')).id, 'f3', 'ids are not used again')
})

void t.test('one heals by its id', async (t) => {
  const { faults, strike } = book()
  await strike('unplug', 'a:eth1')
  await strike('unplug', 'b:eth1')
  await faults.heal('f1', () => undefined)
  t.same(
    faults.active.map(({ id }) => id),
    ['f2'],
  )
  await t.rejects(
    faults.heal('f9', () => undefined),
    { code: 'LVSLAB_E_FAULT_ID', seen: 'f2: unplug b:eth1' },
  )
})

void t.test('what is frozen cannot be asked for anything, but lose its power', async (t) => {
  const { faults, strike } = book()
  await strike('freeze', 'a')
  t.same([...faults.frozen], ['a'])
  await t.rejects(strike('stop-service', 'a:nginx'), { code: 'LVSLAB_E_NODE_FROZEN' })
  await strike('unplug', 'a')
  await strike('power-cut', 'a')
  t.same([...faults.frozen], [], 'a machine without power is not frozen')
})

void t.test('a machine in panic can only lose its power, which ends the panic', async (t) => {
  const machine: { running: boolean; standstill?: string } = { running: true }
  const cluster = { node: () => machine } as unknown as Cluster
  const faults = new FaultBook(async (_cluster, kind, target) => ({ kind, target }) as unknown as Fault)
  await faults.strike(cluster, 'panic', 'a')
  machine.standstill = 'panicked'
  for (const kind of ['stop-service', 'disk-full', 'reset', 'freeze', 'panic']) {
    await t.rejects(faults.strike(cluster, kind, 'a'), { code: 'LVSLAB_E_NODE_SILENT', seen: 'f1: panic', exitCode: 2 })
  }
  await faults.strike(cluster, 'unplug', 'a')
  await faults.strike(cluster, 'power-cut', 'a')
  t.same(
    faults.active.map(({ kind }) => kind),
    ['unplug', 'power-cut'],
  )
})

void t.test('what is off stays off', async (t) => {
  const { strike } = book([], new Set(['a']))
  await t.rejects(strike('power-cut', 'a'), { code: 'LVSLAB_E_NODE_OFF' })
  await strike('unplug', 'a')
})

void t.test('cables and networks are struck whatever state the machines are in', async (t) => {
  const { faults, strike } = book([], new Set(['a']))
  await strike('loss', 'a:eth1:10%')
  await strike('partition', 'lan:a')
  t.same(
    faults.active.map(({ node }) => node),
    ['a', undefined],
  )
  await t.rejects(strike('earthquake', 'a'), { code: 'LVSLAB_E_FAULT_UNKNOWN' })
})

void t.test('one word is a line for the shell, several are a program', async (t) => {
  t.same(guestCommand(['a | b'], 1500).slice(4), ['timeout', '-k', '2', '1.5', '/bin/sh', '-c', 'a | b'])
  t.same(guestCommand(['ls', '-l'], 60_000).slice(4), ['timeout', '-k', '2', '60.0', 'ls', '-l'])
})

void t.test('what a director says of itself', async (t) => {
  const node = { spec: { services: ['keepalived', 'nginx'], roles: ['director'] } } as unknown as Parameters<
    typeof readProbe
  >[0]
  const rule = '=====8<=====\n'
  const output = [
    '1: lo    inet 127.0.0.1/8 scope host lo\\ valid\n2: eth1    inet 10.0.0.8/24 scope global eth1\n' +
      '2: eth1    inet 10.0.0.100/24 scope global secondary eth1\n',
    'active\ninactive\n',
    'TCP  10.0.0.100:80 wlc\n  -> 10.0.0.10:80             Route   3      1          2\n',
    'TCP  10.0.0.100:80                  7        0        0        0        0\n' +
      '  -> 10.0.0.10:80                   7        0        0        0        0\n',
  ].join(rule)
  const view = readProbe(node, output)
  t.same(view.addresses, { lo: ['127.0.0.1/8'], eth1: ['10.0.0.8/24', '10.0.0.100/24'] })
  t.same(view.services, [
    { unit: 'keepalived', active: true },
    { unit: 'nginx', active: false },
  ])
  t.match(view.table, [{ realServers: [{ weight: 3, inactiveConnections: 2, connections: 7 }] }])
})

void t.test('a process is known by when it started', async (t) => {
  const own = await startTicks(process.pid)
  t.ok(Number.isInteger(own))
  t.equal(await startTicks(process.pid), own)
  t.equal(await startTicks(2 ** 22), undefined)
})

void t.test('hanging up undoes what programs switched on', async (t) => {
  const screen = new ScreenState()
  t.notMatch(screen.undo(), '1049')
  screen.push(Buffer.from('\u001b[?1049h\u001b[?1000;1006h\u001b[?2004h text \u001b[?2004l \u001b[?10'))
  screen.push(Buffer.from('02h'))
  const undo = screen.undo()
  for (const mode of ['1049', '1000', '1006', '1002']) t.match(undo, `\u001b[?${mode}l`)
  t.notMatch(undo, '2004')
})
