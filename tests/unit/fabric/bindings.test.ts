import t from 'tap'
import type { BindingEvent, LearnEvent } from '../../../src/fabric/index.ts'
import { arp, plain } from './support/frames.ts'
import { cableOf, Lab, macs } from './support/lab.ts'

const VIP = '10.0.0.9'
/** RFC 5798 section 7.3. */
const VMAC = '00:00:5e:00:01:33'

const announce = (senderMac: string) => arp({ operation: 1, senderMac, senderIp: VIP, targetIp: VIP })
const bindings = (lab: Lab): BindingEvent[] => lab.fabric.wire.events.filter((event) => event.type === 'binding')
const moves = (lab: Lab, mac: string): LearnEvent[] =>
  lab.fabric.wire.events.filter((event) => event.type === 'learn').filter((event) => event.mac === mac)

void t.test('each port is told once that an address is at another MAC, and at the time of the frame', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await a.send(announce(macs.a), announce(macs.a))
  await lab.settle()
  t.same(
    bindings(lab).map(({ cable, from, ip, mac, previous }) => [cable, from, ip, mac, previous]),
    [
      [cableOf('b'), cableOf('a'), VIP, macs.a, undefined],
      [cableOf('c'), cableOf('a'), VIP, macs.a, undefined],
    ],
    'the second announcement says nothing new',
  )
  await b.send(announce(macs.b))
  await lab.settle()
  const [toA, toC] = bindings(lab).slice(2)
  t.match(toA, { cable: cableOf('a'), mac: macs.b, previous: macs.a }, 'the old owner knew what it said itself')
  t.match(toC, { cable: cableOf('c'), mac: macs.b, previous: macs.a })
  const arps = lab.fabric.wire.gratuitousArps(VIP)
  t.equal(toC?.at, arps.at(-1)?.at)
  t.equal(moves(lab, macs.b).length, 1, 'no MAC has moved: the switch alone would not show it')
})

void t.test('an answer is for who asked, on a hub too; a probe says nothing', async (t) => {
  await using lab = await Lab.start('hub')
  const { a } = await lab.connectAll()
  await a.send(arp({ operation: 2, senderMac: macs.a, senderIp: VIP, targetMac: macs.b, targetIp: '10.0.0.2' }))
  await a.send(arp({ operation: 1, senderMac: macs.a, senderIp: '0.0.0.0', targetIp: VIP }))
  await lab.settle()
  t.same(
    bindings(lab).map(({ cable }) => cable),
    [cableOf('b')],
  )
})

void t.test('who was not reached was not told, and who lost its cable has forgotten', async (t) => {
  await using lab = await Lab.start()
  const { a } = await lab.connectAll()
  await lab.fabric.block({ toCable: cableOf('b'), match: 'garp' })
  await a.send(announce(macs.a))
  await lab.settle()
  t.same(
    bindings(lab).map(({ cable }) => cable),
    [cableOf('c')],
  )
  await lab.fabric.unplug(cableOf('c'))
  await lab.fabric.plug(cableOf('c'))
  await a.send(announce(macs.a))
  await lab.settle()
  const again = bindings(lab).slice(1)
  t.equal(again.length, 1)
  t.match(again[0], { cable: cableOf('c') })
  t.equal(again[0]?.previous, undefined)
})

void t.test('on a cable that delays, a port is told when the frame comes out of it', async (t) => {
  await using lab = await Lab.start()
  const { a } = await lab.connectAll()
  await lab.fabric.impair(cableOf('b'), 'out', { delay: { ms: 30 } })
  await a.send(announce(macs.a))
  const told = await lab.fabric.wire.waitFor<BindingEvent>(
    (event) => event.type === 'binding' && event.cable === cableOf('b'),
    { since: lab.fabric.clock.now(), timeoutMs: 5_000 },
  )
  const sent = lab.fabric.wire.gratuitousArps(VIP)[0]!.at
  t.ok(told.at - sent >= 30, `${told.at - sent} ms`)
  t.match(told, { from: cableOf('a'), mac: macs.a })
})

void t.test('a MAC that changes its port has moved, also where the table was empty meanwhile', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  await a.send(plain(VMAC, macs.c, 'mine'))
  await b.send(plain(VMAC, macs.c, 'mine now'))
  await c.count(2)
  await lab.fabric.setKind('lan', 'hub')
  await lab.fabric.setKind('lan', 'switch')
  await a.send(plain(VMAC, macs.c, 'mine again'))
  await c.count(3)
  await lab.fabric.flushMacs('lan')
  await a.send(plain(VMAC, macs.c, 'still mine'))
  await c.count(4)
  await lab.fabric.flush()
  t.same(
    moves(lab, VMAC).map(({ cable, previous, movedFrom }) => [cable, previous, movedFrom]),
    [
      [cableOf('a'), undefined, undefined],
      [cableOf('b'), cableOf('a'), cableOf('a')],
      [cableOf('a'), undefined, cableOf('b')],
      [cableOf('a'), undefined, undefined],
    ],
  )
})
