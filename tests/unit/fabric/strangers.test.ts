import t from 'tap'
import { run } from '../../../src/host/process.ts'
import { existsSync } from 'node:fs'
import { arp, BROADCAST, plain } from './support/frames.ts'
import { Lab, macs } from './support/lab.ts'

const VIP = '10.0.0.100'
const MAC = '02:66:66:66:66:66'

void t.test('a stranger announces the address in both forms, in its rhythm, to everybody', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  const { at, id, cable } = await lab.fabric.admit('lan', { address: VIP, mac: MAC, everyMs: 50 })
  await Promise.all([a.count(8), b.count(8)])
  const leftAt = await lab.fabric.dismiss(id)
  await lab.settle()
  const claims = lab.fabric.wire.gratuitousArps(VIP)
  t.equal(claims.length, a.received.length, 'the wire has what a machine got')
  t.match(claims.slice(0, 3), [
    { cable, senderMac: MAC, srcMac: MAC, dstMac: BROADCAST, operation: 'request', targetIp: VIP },
    { cable, operation: 'reply', targetIp: VIP },
    { operation: 'request' },
  ])
  t.ok(claims[0]!.at <= at, 'the first one comes at once')
  t.ok(claims.at(-1)!.at <= leftAt)
  // A timer is never early by more than its own resolution.
  const rounds = claims.filter(({ operation }) => operation === 'request')
  for (const [index, one] of rounds.slice(1).entries()) t.ok(one.at - rounds[index]!.at > 40, 'not more often')
  const before = a.received.length
  await new Promise((resolve) => setTimeout(resolve, 150))
  await lab.settle()
  t.equal(a.received.length, before, 'and none after it was unplugged')
  await lab.fabric.dismiss(id)
})

void t.test('it answers who asks for the address, if it is to, and nobody else', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await lab.fabric.admit('lan', { address: VIP, mac: MAC, everyMs: 60_000, answers: true })
  await a.count(2)
  const ask = (targetIp: string) => arp({ operation: 1, senderMac: macs.a, senderIp: '10.0.0.1', targetIp })
  await a.send(ask('10.0.0.2'), ask(VIP), arp({ operation: 1, senderMac: macs.a, senderIp: VIP, targetIp: VIP }))
  await a.count(3)
  await lab.settle()
  t.equal(a.received.length, 3, 'one answer')
  t.match(lab.fabric.wire.arpAnswers(VIP), [{ senderMac: MAC, targetMac: macs.a, targetIp: '10.0.0.1' }])
  t.equal(b.received.length, 2 + 3, 'the answer was for who had asked')
})

void t.test('it only announces unless it is told to answer', async (t) => {
  await using lab = await Lab.start()
  const { a } = await lab.connectAll()
  await lab.fabric.admit('lan', { address: VIP, mac: MAC, everyMs: 60_000 })
  await a.send(arp({ operation: 1, senderMac: macs.a, senderIp: '10.0.0.1', targetIp: VIP }))
  await lab.settle()
  t.same(lab.fabric.wire.arpAnswers(VIP), [])
})

void t.test('what is sent to it is swallowed; the switch goes on knowing the others', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  await b.send(plain(macs.b, BROADCAST, 'b is here'))
  await a.count(1)
  const { id, cable } = await lab.fabric.admit('lan', { address: VIP, mac: MAC, everyMs: 60_000 })
  await a.send(plain(macs.a, MAC, 'for the stranger'), plain(macs.a, macs.b, 'for b'))
  await lab.settle()
  t.equal(c.received.filter((frame) => frame.includes('for ')).length, 0, 'neither was flooded')
  const counts = await lab.fabric.portCounts()
  t.equal(counts.get(cable)?.delivered, 1)
  await lab.fabric.dismiss(id)
  await a.send(plain(macs.a, MAC, 'for nobody'))
  await lab.settle()
  t.equal(c.received.filter((frame) => frame.includes('for nobody')).length, 1, 'nobody has that address now')
  t.match(
    lab.fabric.wire.events.filter((event) => event.type === 'cable' && event.cable === cable),
    [{ change: 'plugged' }, { change: 'unplugged' }],
  )
})

void t.test('partitions hold it too, and several are apart', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await lab.fabric.partition('lan', [['a:eth0']])
  const one = await lab.fabric.admit('lan', { address: VIP, mac: MAC })
  const other = await lab.fabric.admit('lan', { address: '10.0.0.101', mac: '02:66:66:66:66:67' })
  t.not(one.cable, other.cable)
  await b.count(4)
  await lab.settle()
  t.equal(a.received.length, 0)
})

void t.test('what cannot be is refused', async (t) => {
  await using lab = await Lab.start()
  const refused = { code: 'LVSLAB_E_STRANGER', exitCode: 2 }
  for (const wrong of [
    { address: '10.0.0', mac: MAC },
    { address: '10.0.0.256', mac: MAC },
    { address: VIP, mac: '03:00:00:00:00:01' },
    { address: VIP, mac: MAC.toUpperCase().replace('02', '0A') },
    { address: VIP, mac: MAC, everyMs: 1 },
    { address: VIP, mac: MAC, everyMs: Number.NaN },
  ]) {
    await t.rejects(lab.fabric.admit('lan', wrong), refused)
  }
  await t.rejects(lab.fabric.admit('wan', { address: VIP, mac: MAC }), { code: 'LVSLAB_E_FABRIC_NO_NETWORK' })
})

void t.test('its frames are in the capture, on an interface of their own', async (t) => {
  if (!existsSync('/usr/bin/tshark')) return void t.pass('tshark is not installed', { skip: 'tshark is not installed' })
  await using lab = await Lab.start()
  const { a } = await lab.connectAll()
  await a.send(plain(macs.a, BROADCAST, 'before'))
  const { cable } = await lab.fabric.admit('lan', { address: VIP, mac: MAC, everyMs: 60_000 })
  await a.count(2)
  await lab.fabric.flush()
  const fields = ['-T', 'fields', '-e', 'frame.interface_name', '-e', 'frame.comment', '-e', 'arp.isgratuitous']
  const { stdout } = await run('tshark', ['-r', lab.fabric.captures[0]!.path, '-Y', 'arp', ...fields], {
    timeoutMs: 60_000,
  })
  t.same(stdout.trim().split('\n').length, 2)
  for (const line of stdout.trim().split('\n')) t.match(line, new RegExp(`^${cable}\tsent by a stranger.*\t(1|True)`))
})
