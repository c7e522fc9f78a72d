import { access, mkdtemp, rm } from 'node:fs/promises'
import t from 'tap'
import { Fabric } from '../../../src/fabric/index.ts'
import { BROADCAST, plain } from './support/frames.ts'
import { cableOf, isChange, Lab, macs } from './support/lab.ts'
import { Machine } from './support/machine.ts'

void t.test('a switch floods what it does not know and forwards what it does', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  await a.send(plain(macs.a, macs.b, 'unknown'))
  await b.count(1)
  await c.count(1)
  await b.send(plain(macs.b, macs.a, 'known'))
  await a.count(1)
  await a.send(plain(macs.a, macs.b, 'known too'), plain(macs.a, BROADCAST, 'to all'))
  await b.count(3)
  await lab.settle()
  t.same(a.texts, ['known'])
  t.same(b.texts, ['unknown', 'known too', 'to all'])
  t.same(c.texts, ['unknown', 'to all'])
})

void t.test('a switch tells where it learnt an address, and when that moved', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await a.send(plain(macs.a, BROADCAST, '1'), plain(macs.a, BROADCAST, '2'))
  await b.count(2)
  await b.send(plain(macs.a, BROADCAST, '3'))
  await a.count(1)
  await lab.settle()
  const learnt = lab.fabric.wire.events.filter((event) => event.type === 'learn')
  t.match(learnt, [
    { cable: 'a:eth0', mac: macs.a, previous: undefined, network: 'lan' },
    { cable: 'b:eth0', mac: macs.a, previous: 'a:eth0' },
  ])
})

void t.test('a hub sends everything to everybody else and learns nothing', async (t) => {
  await using lab = await Lab.start('hub')
  const { a, b, c } = await lab.connectAll()
  await a.send(plain(macs.a, macs.b, '1'))
  await b.count(1)
  await b.send(plain(macs.b, macs.a, '2'))
  await c.count(2)
  await lab.settle()
  t.same([a.texts, b.texts, c.texts], [['2'], ['1'], ['1', '2']])
  t.notOk(lab.fabric.wire.events.some((event) => event.type === 'learn'))
})

void t.test('an unplugged cable carries nothing either way until it is plugged again', async (t) => {
  await using lab = await Lab.start()
  const { fabric } = lab
  const { a, b, c } = await lab.connectAll()
  const before = fabric.clock.now()
  const unpluggedAt = await fabric.unplug(cableOf('b'))
  t.ok(unpluggedAt >= before && unpluggedAt <= fabric.clock.now())
  await a.send(plain(macs.a, BROADCAST, 'lost'))
  await b.send(plain(macs.b, BROADCAST, 'lost too'))
  await c.count(1)
  await lab.settle()
  t.same([a.texts, b.texts, c.texts], [[], [], ['lost']])
  await fabric.plug(cableOf('b'))
  await b.send(plain(macs.b, BROADCAST, 'back'))
  await a.count(1)
  await a.send(plain(macs.a, macs.b, 'welcome'))
  await b.count(1)
  t.same([a.texts, b.texts], [['back'], ['welcome']])
  const stats = await fabric.stats()
  t.match(stats, { frames: 3, dropped: 1, drops: { unplugged: 1, full: 0 } })
  t.match(
    fabric.wire.events.filter((event) => event.type === 'cable' && event.cable === 'b:eth0'),
    [{ change: 'connected' }, { change: 'unplugged', at: unpluggedAt }, { change: 'plugged' }],
  )
})

void t.test('unplugging makes the switch forget who was behind the cable', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  await b.send(plain(macs.b, BROADCAST, 'hello'))
  await a.count(1)
  await lab.fabric.unplug(cableOf('b'))
  await a.send(plain(macs.a, macs.b, 'where are you'))
  await c.count(2)
  t.same(c.texts, ['hello', 'where are you'])
})

void t.test('unplugging twice is one event', async (t) => {
  await using lab = await Lab.start()
  await lab.fabric.unplug(cableOf('a'))
  await lab.fabric.unplug(cableOf('a'))
  t.equal(lab.fabric.wire.events.filter(isChange(cableOf('a'), 'unplugged')).length, 1)
})

void t.test('a machine that was killed can come back, also before its end was noticed', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  const since = lab.fabric.clock.now()
  await b.write(Buffer.from([0, 0, 0, 99, 1, 2, 3]))
  b[Symbol.dispose]()
  await lab.fabric.wire.waitFor(isChange(cableOf('b'), 'disconnected'), { since, timeoutMs: 5000 })
  const second = await lab.connect('b')
  const third = await lab.connect('b')
  await a.send(plain(macs.a, BROADCAST, 'hello'))
  await third.count(1)
  await third.send(plain(macs.b, BROADCAST, 'here'))
  await a.count(1)
  await lab.settle()
  t.same([a.texts, second.texts, third.texts], [['here'], [], ['hello']])
  const changes = lab.fabric.wire.events.flatMap((event) =>
    event.type === 'cable' && event.cable === 'b:eth0' ? event.change : [],
  )
  t.same(changes, ['connected', 'disconnected', 'connected', 'disconnected', 'connected'])
})

void t.test('who breaks the protocol is disconnected, and the others are not', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  const since = lab.fabric.clock.now()
  await b.write(Buffer.from('ffffffff', 'hex'))
  await lab.fabric.wire.waitFor(isChange(cableOf('b'), 'disconnected'), { since, timeoutMs: 5000 })
  await a.send(Buffer.from('runt'), plain(macs.a, BROADCAST, 'still here'))
  await c.count(1)
  t.same(c.texts, ['still here'])
  t.equal((await lab.fabric.stats()).drops.malformed, 2)
})

void t.test('a receiver that does not read loses frames, the others none', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  b.socket.pause()
  const frame = plain(macs.a, BROADCAST, 'x'.repeat(1400))
  for (let burst = 1; burst <= 40; burst++) {
    await a.send(...Array.from({ length: 100 }, () => frame))
    await c.count(burst * 100)
  }
  const { drops } = await lab.fabric.stats()
  t.ok(drops.full > 0, `${drops.full} dropped`)
  b.socket.resume()
  await b.count(4000 - drops.full)
  t.equal(c.received.length, 4000)
})

void t.test('20,000 frames pass without loss and in order', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await b.send(plain(macs.b, BROADCAST, 'hello'))
  await a.count(1)
  const startedAt = lab.fabric.clock.now()
  for (let burst = 0; burst < 20; burst++) {
    const numbers = Array.from({ length: 1000 }, (_, index) => `${burst * 1000 + index} `.padEnd(200, '.'))
    await a.send(...numbers.map((text) => plain(macs.a, macs.b, text)))
    await b.count(burst * 1000)
  }
  await b.count(20_000)
  const tookMs = lab.fabric.clock.now() - startedAt
  t.comment(`${Math.round(20_000_000 / tookMs)} frames/s`)
  t.notOk(b.texts.some((text, index) => Number.parseInt(text) !== index))
  t.equal((await lab.fabric.stats()).dropped, 0)
})

void t.test('lateness is measured', async (t) => {
  await using lab = await Lab.start()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { maxMs, p99Ms } = await lab.fabric.lateness()
  t.ok(maxMs > 0 && p99Ms > 0 && p99Ms <= maxMs)
  // The last sample before a moment counts for it too, and none that began after it.
  const moment = lab.fabric.clock.now()
  await new Promise((resolve) => setTimeout(resolve, 30))
  const atMoment = await lab.fabric.lateness(moment, moment)
  const since = await lab.fabric.lateness(moment)
  t.ok(atMoment.maxMs <= since.maxMs && since.maxMs > 0, `${atMoment.maxMs} of ${since.maxMs} ms`)
})

void t.test('disposal removes the sockets, is idempotent, and later calls are refused', async (t) => {
  const lab = await Lab.start()
  const path = lab.fabric.socketPath(cableOf('a'))
  await access(path)
  const machine = await lab.connect('a')
  const closed = new Promise((resolve) => machine.socket.once('close', resolve))
  const waiting = lab.fabric.wire.waitFor(() => false, { timeoutMs: 60_000 })
  const refused = t.rejects(waiting, { code: 'LVSLAB_E_FABRIC_CLOSED' })
  await Promise.all([lab.fabric[Symbol.asyncDispose](), lab.fabric[Symbol.asyncDispose]()])
  await Promise.all([refused, closed])
  await t.rejects(access(path))
  await t.rejects(lab.fabric.stats(), { code: 'LVSLAB_E_FABRIC_CLOSED', exitCode: 3 })
  await lab[Symbol.asyncDispose]()
})

void t.test('sockets that a killed run left behind are replaced', async (t) => {
  await using lab = await Lab.start()
  const socketDir = `${lab.directory}/s`
  const networks = [{ name: 'other', kind: 'hub' as const }]
  await using fabric = await Fabric.start({
    socketDir,
    networks,
    cables: [{ id: 'x:eth0', network: 'other', mac: macs.a }],
  })
  using _machine = await Machine.connect(fabric.socketPath('x:eth0'))
  t.same(fabric.captures, [])
})

void t.test('mistakes are refused before anything starts', async (t) => {
  const cable = { id: 'a:eth0', network: 'lan', mac: macs.a } as const
  const networks = [{ name: 'lan', kind: 'switch' }] as const
  const socketDir = '/tmp/lvslab-never-made'
  await t.rejects(Fabric.start({ socketDir, networks, cables: [{ ...cable, network: 'wan' }] }), {
    code: 'LVSLAB_E_FABRIC_NAMES',
    message: 'Cable a:eth0 leads to network wan, which is not in the fabric',
  })
  await t.rejects(Fabric.start({ socketDir, networks, cables: [cable, cable] }), { code: 'LVSLAB_E_FABRIC_NAMES' })
  await t.rejects(Fabric.start({ socketDir: `/tmp/${'x'.repeat(100)}`, networks, cables: [cable] }), {
    code: 'LVSLAB_E_FABRIC_SOCKET_PATH',
    exitCode: 2,
  })
  await t.rejects(access(socketDir))
  await using lab = await Lab.start()
  await t.rejects(lab.fabric.unplug('z:eth9'), { code: 'LVSLAB_E_FABRIC_NO_CABLE', seen: /a:eth0, b:eth0/ })
})

void t.test('a capture that cannot be opened stops the start with the reason', async (t) => {
  const cables = [{ id: 'a:eth0', network: 'lan', mac: macs.a }] as const
  const networks = [{ name: 'lan', kind: 'switch' }] as const
  // A directory where the capture should be.
  const captureDir = t.testdir({ 'lan.pcapng': {} })
  const socketDir = await mkdtemp('/tmp/lvslab-')
  t.teardown(() => rm(socketDir, { recursive: true }))
  await t.rejects(Fabric.start({ socketDir, captureDir, networks, cables }), {
    code: 'LVSLAB_E_FABRIC_START',
    exitCode: 3,
    seen: /EISDIR.*lan.pcapng/,
  })
})
