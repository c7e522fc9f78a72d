import t from 'tap'
import { advertEvent, arpEvent, datagramEvent, echoEvent, ms, say, scene } from './support/scene.ts'

const hop = { cable: 'a:eth0', srcMac: 'a', dstMac: 'b' } as const
const outside = { network: 'outside' }
const atOf = (events: readonly { at: number }[]) => events.map(({ at }) => at)

void t.test('datagrams by address, port and network', async (t) => {
  const { wire } = scene()
  wire.append([
    datagramEvent(1, hop, '10.0.0.1:1001 > 10.0.0.255:1001'),
    datagramEvent(2, hop, '10.0.0.2:1001 > 10.0.0.255:1001'),
    datagramEvent(3, hop, '10.0.0.1:53 > 10.0.0.2:53', outside),
    say(4, hop, '10.0.0.1:1001 > 10.0.0.255:1001', 'S'),
  ])
  t.same(atOf(wire.datagrams()), [1, 2, 3])
  t.same(atOf(wire.datagrams({ dstPort: 1001, srcIp: '10.0.0.1' })), [1])
  t.same(atOf(wire.datagrams({ dstIp: '10.0.0.2' })), [3])
  t.same(atOf(wire.datagrams(outside)), [3])
  t.same(atOf(wire.datagrams({ dstPort: 1001 }, { since: ms(2) })), [2])
})

void t.test('forwarded tunnels by their outer and inner addresses', async (t) => {
  const { wire } = scene()
  const to = (dstIp: string) => ({ tunnel: { srcIp: '10.0.0.8', dstIp } })
  wire.append([
    say(1, hop, '10.0.0.1:4000 > 10.0.0.9:80', 'S'),
    say(2, hop, '10.0.0.1:4000 > 10.0.0.9:80', 'S', to('10.1.0.2')),
    say(3, hop, '10.0.0.1:4001 > 10.0.0.7:80', 'S', to('10.1.0.3')),
    echoEvent(4, hop, '10.0.0.1 > 10.0.0.9', to('10.1.0.2')),
  ])
  t.same(atOf(wire.forwardedTunnels()), [2, 3])
  t.same(
    wire.forwardedTunnels({ outerSrcIp: '10.0.0.8', innerDstIp: '10.0.0.9' }).map(({ tunnel }) => tunnel.dstIp),
    ['10.1.0.2'],
  )
  t.same(atOf(wire.forwardedTunnels({ outerDstIp: '10.1.0.3' })), [3])
  t.same(wire.forwardedTunnels({ outerSrcIp: '10.0.0.1' }), [])
  t.same(wire.forwardedTunnels({}, { until: ms(1) }), [])
})

void t.test('frames with an address, in whatever place', async (t) => {
  const { wire } = scene()
  const other = '10.0.0.5'
  wire.append([
    say(1, hop, '10.0.0.1:1 > 10.0.0.5:2', 'S'),
    say(2, hop, '10.0.0.5:2 > 10.0.0.1:1', 'SA'),
    datagramEvent(3, hop, '10.0.0.1:1 > 10.0.0.5:2'),
    echoEvent(4, hop, '10.0.0.5 > 10.0.0.1'),
    arpEvent(5, '1', { senderIp: '10.0.0.1', targetIp: other }),
    arpEvent(6, '1', { senderIp: other, targetIp: '10.0.0.1' }),
    advertEvent(7, other),
    say(8, hop, '10.0.0.1:1 > 10.0.0.9:2', 'S', { tunnel: { srcIp: '10.0.0.8', dstIp: other } }),
    say(9, hop, '10.0.0.1:1 > 10.0.0.50:2', 'S'),
    say(10, hop, '10.0.0.1:1 > 10.0.0.5:2', 'S', outside),
    { type: 'cable', at: ms(11), network: 'lan', cable: 'a:eth0', change: 'plugged' },
    { type: 'learn', at: ms(12), network: 'lan', cable: 'a:eth0', mac: 'm', previous: undefined },
  ])
  t.same(atOf(wire.framesWith({ ip: other, network: 'lan' })), [1, 2, 3, 4, 5, 6, 7, 8])
  t.same(atOf(wire.framesWith({ ip: other, network: 'outside' })), [10])
  t.same(atOf(wire.framesWith({ ip: other, network: 'lan' }, { since: ms(7) })), [7, 8])
  t.same(wire.framesWith({ ip: '10.0.0.6', network: 'lan' }), [])
})
