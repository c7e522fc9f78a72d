import t from 'tap'
import { BROADCAST, plain } from './support/frames.ts'
import { cableOf, Lab, macs } from './support/lab.ts'

void t.test('no frame crosses a partition, each part goes on, and it heals', async (t) => {
  await using lab = await Lab.start()
  const { fabric } = lab
  const { a, b, c } = await lab.connectAll()
  await a.send(plain(macs.a, BROADCAST, 'a before'))
  await b.count(1)
  const before = fabric.clock.now()
  const { id, at } = await fabric.partition('lan', [[cableOf('a')]])
  t.ok(at >= before && at <= fabric.clock.now())
  await a.send(plain(macs.a, BROADCAST, 'a alone'))
  await b.send(plain(macs.b, BROADCAST, 'b to c'), plain(macs.b, macs.a, 'b to a'))
  await c.count(3)
  await lab.settle()
  t.same([a.texts, b.texts, c.texts], [[], ['a before'], ['a before', 'b to c', 'b to a']])
  t.match(await fabric.stats(), { frames: 4, dropped: 0 }, 'each was on the wire of its part')
  await fabric.unpartition(id)
  await c.send(plain(macs.c, macs.b, 'flooded'))
  await Promise.all([a.count(1), b.count(2)])
  await fabric.unpartition(id)
})

void t.test('both sides of a partition learn the same address, each for itself', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  await lab.fabric.partition('lan', [[cableOf('a')], [cableOf('b'), cableOf('c')]])
  await a.send(plain(macs.a, BROADCAST, '1'))
  await b.send(plain(macs.a, BROADCAST, '2'))
  await c.count(1)
  await a.send(plain(macs.a, BROADCAST, '3'))
  await c.send(plain(macs.c, macs.a, 'to b'))
  await b.count(1)
  await lab.settle()
  t.same(b.texts, ['to b'])
  const learnt = lab.fabric.wire.events.filter((event) => event.type === 'learn' && event.mac === macs.a)
  t.match(learnt, [
    { cable: 'a:eth0', previous: undefined },
    { cable: 'b:eth0', previous: undefined },
  ])
})

void t.test('of two partitions, each separates until it is healed', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  const first = await lab.fabric.partition('lan', [[cableOf('a')]])
  await lab.fabric.partition('lan', [[cableOf('b')]])
  await a.send(plain(macs.a, BROADCAST, '1'))
  await b.send(plain(macs.b, BROADCAST, '2'))
  await lab.settle()
  t.equal(c.received.length, 0)
  await lab.fabric.unpartition(first.id)
  await a.send(plain(macs.a, BROADCAST, '3'))
  await c.count(1)
  await lab.settle()
  t.same([b.texts, c.texts], [[], ['3']])
})

void t.test('a switch becomes a hub and a switch again, which has learnt nothing', async (t) => {
  await using lab = await Lab.start()
  const { fabric } = lab
  const { a, b, c } = await lab.connectAll()
  await a.send(plain(macs.a, BROADCAST, 'here'))
  await b.count(1)
  t.match(await fabric.setKind('lan', 'hub'), { previous: 'switch' })
  await b.send(plain(macs.b, macs.a, 'heard by all'))
  await c.count(2)
  t.match(await fabric.setKind('lan', 'switch'), { previous: 'hub' })
  await b.send(plain(macs.b, macs.a, 'flooded'))
  await c.count(3)
  await a.send(plain(macs.a, macs.b, 'known'))
  await b.count(2)
  await lab.settle()
  t.same(c.texts, ['here', 'heard by all', 'flooded'])
})

void t.test('a switch that is flushed floods until it has learnt again', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  await a.send(plain(macs.a, BROADCAST, '1'))
  await b.count(1)
  await b.send(plain(macs.b, macs.a, '2'))
  await a.count(1)
  await lab.fabric.flushMacs('lan')
  await b.send(plain(macs.b, macs.a, '3'))
  await c.count(2)
  t.same(c.texts, ['1', '3'])
})

void t.test('groups that separate nothing, or are no groups, are refused', async (t) => {
  await using lab = await Lab.start()
  const { fabric } = lab
  const [a, b, c] = [cableOf('a'), cableOf('b'), cableOf('c')]
  const code = 'LVSLAB_E_FABRIC_GROUPS'
  await t.rejects(fabric.partition('lan', [[a, b, c]]), { code, message: /separates nothing/ })
  await t.rejects(fabric.partition('lan', []), { code })
  await t.rejects(fabric.partition('lan', [[a], []]), { code, message: /has no cable/ })
  await t.rejects(fabric.partition('lan', [[a], [a]]), { code, message: /a:eth0 is in two groups/ })
  await t.rejects(fabric.partition('lan', [['z:eth9']]), { code, seen: 'cables of lan: a:eth0, b:eth0, c:eth0' })
  const noNetwork = { code: 'LVSLAB_E_FABRIC_NO_NETWORK', seen: 'it has lan' }
  await t.rejects(fabric.partition('wan', [[a]]), noNetwork)
  await t.rejects(fabric.setKind('wan', 'hub'), noNetwork)
  await t.rejects(fabric.flushMacs('wan'), noNetwork)
})
