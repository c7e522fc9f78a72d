import t from 'tap'
import { advert, arp, BROADCAST, ethernet, ipv4, plain, segment, u16 } from './support/frames.ts'
import { cableOf, Lab, macs } from './support/lab.ts'
import type { BlockRule } from '../../../src/fabric/index.ts'

const fromA = advert(macs.a, {
  version: 2,
  src: '10.0.0.1',
  vrid: 51,
  priority: 100,
  interval: 1,
  addresses: ['10.0.0.9'],
})
const gratuitous = arp({ operation: 1, senderMac: macs.a, senderIp: '10.0.0.9', targetIp: '10.0.0.9' })
const reply = arp({ operation: 2, senderMac: macs.a, senderIp: '10.0.0.9', targetMac: BROADCAST, targetIp: '10.0.0.2' })
const request = arp({ operation: 1, senderMac: macs.a, senderIp: '10.0.0.1', targetIp: '10.0.0.2' })
const ends = { src: macs.a, dst: BROADCAST }
const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }
const syn = segment(ends, addresses, { srcPort: 4000, dstPort: 80, flags: 'S' })
const ping = ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 1 }, Buffer.from([8, 0, 0, 0, 0, 0, 0, 0])))
const heartbeat = ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 17 }, Buffer.concat([u16(694), u16(694)])))
const tunnelled = ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 4 }, ipv4({ ...addresses, protocol: 6 }, syn)))
const frames = {
  fromA,
  gratuitous,
  reply,
  request,
  syn,
  ping,
  heartbeat,
  tunnelled,
  other: plain(macs.a, BROADCAST, ''),
}

type FrameName = keyof typeof frames

const cases: [rule: BlockRule, stopped: FrameName[]][] = [
  [{}, Object.keys(frames) as FrameName[]],
  [{ network: 'elsewhere' }, []],
  [{ fromCable: cableOf('c') }, []],
  [{ match: 'vrrp' }, ['fromA']],
  [{ match: 'garp' }, ['gratuitous']],
  [{ match: 'arp' }, ['gratuitous', 'reply', 'request']],
  [{ match: 'arp-request' }, ['gratuitous', 'request']],
  [{ match: 'arp-reply', fromCable: cableOf('a') }, ['reply']],
  [{ match: 'icmp' }, ['ping']],
  [{ match: 'tcp', network: 'lan' }, ['syn']],
  [{ match: 'udp' }, ['heartbeat']],
  [{ match: 'ipip' }, ['tunnelled']],
  [{ match: 'ipv4' }, ['fromA', 'syn', 'ping', 'heartbeat', 'tunnelled']],
  [{ port: 80 }, ['syn']],
  [{ port: 694, match: 'udp' }, ['heartbeat']],
  [{ port: 694, match: 'tcp' }, []],
]

void t.test('a rule stops the frames that it names and no others', async (t) => {
  await using lab = await Lab.start()
  const b = await lab.connect('b')
  for (const [rule, stopped] of cases) {
    const { id } = await lab.fabric.block(rule)
    b.received.length = 0
    for (const frame of Object.values(frames)) await lab.fabric.inject(cableOf('a'), frame)
    await lab.fabric.unblock(id)
    await lab.fabric.inject(cableOf('a'), plain(macs.a, BROADCAST, 'end'))
    while (!b.texts.includes('end')) await b.count(b.received.length + 1)
    const passed = b.received.map((frame) => frame.toString('hex'))
    const missing = Object.entries(frames).flatMap(([name, frame]) =>
      passed.includes(frame.toString('hex')) ? [] : name,
    )
    t.same(missing, stopped, JSON.stringify(rule))
  }
})

void t.test('a rule with a receiver cuts one way, and the frame was on the wire for the others', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  const { id, at } = await lab.fabric.block({ match: 'vrrp', toCable: cableOf('b') })
  await a.send(fromA)
  await c.count(1)
  const seen = await lab.fabric.wire.waitFor((event) => event.type === 'vrrp', { since: at, timeoutMs: 5000 })
  t.equal(seen.cable, 'a:eth0')
  await b.send(plain(macs.b, BROADCAST, 'the other way'))
  await a.count(1)
  t.same(b.received, [])
  await lab.fabric.unblock(id)
  await a.send(fromA)
  await b.count(1)
  t.match(await lab.fabric.stats(), { frames: 3, drops: { blocked: 1 } })
})

void t.test('a frame that rules kept from everybody never was on the wire', async (t) => {
  await using lab = await Lab.start()
  await lab.fabric.block({ match: 'vrrp', toCable: cableOf('b') })
  await lab.fabric.block({ match: 'vrrp', toCable: cableOf('c') })
  await lab.fabric.inject(cableOf('a'), fromA)
  t.same(lab.fabric.wire.adverts(), [])
  t.equal((await lab.fabric.stats()).frames, 0)
})

void t.test('an injected frame is forwarded, learnt from and seen, at the time that is answered', async (t) => {
  await using lab = await Lab.start()
  const b = await lab.connect('b')
  const at = await lab.fabric.inject(cableOf('a'), gratuitous)
  await b.count(1)
  t.same(b.received[0], gratuitous)
  t.match(lab.fabric.wire.gratuitousArps('10.0.0.9'), [{ at, cable: 'a:eth0', senderMac: macs.a }])
  t.ok(lab.fabric.wire.events.some((event) => event.type === 'learn' && event.mac === macs.a))
})
