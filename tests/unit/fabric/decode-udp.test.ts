import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { decodeFrame } from '../../../src/fabric/decode.ts'
import { BROADCAST, datagram, ethernet, ipv4, udp } from './support/frames.ts'
import { cableOf, Lab, macs } from './support/lab.ts'

const at = 1.5 as ClusterTime
const decode = (frame: Uint8Array) => decodeFrame(frame, { at, network: 'lan', cable: 'a:eth0' })
const ends = { src: macs.a, dst: BROADCAST }
const addresses = { src: '10.0.0.1', dst: '10.0.0.255' }
const keepalive = { srcPort: 32768, dstPort: 1001, payload: 'st=active' }
const expected = {
  type: 'udp',
  at,
  network: 'lan',
  cable: 'a:eth0',
  srcMac: macs.a,
  dstMac: BROADCAST,
  srcIp: '10.0.0.1',
  dstIp: '10.0.0.255',
  srcPort: 32768,
  dstPort: 1001,
  payloadLength: 9,
}

void t.test('a broadcast datagram', async (t) => {
  t.same(decode(datagram(ends, addresses, keepalive)), expected)
  t.match(decode(datagram(ends, addresses, { ...keepalive, payload: '' })), { payloadLength: 0 })
})

void t.test('the padding of a short frame is not payload', async (t) => {
  const padded = Buffer.concat([datagram(ends, addresses, keepalive), Buffer.alloc(9, 0xee)])
  t.same(decode(padded), expected)
})

void t.test('a datagram in a tunnel has its own addresses, and those of the tunnel beside them', async (t) => {
  const inner = ipv4({ src: '10.0.9.1', dst: '10.0.0.9', protocol: 17 }, udp(keepalive))
  const tunnelled = ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 4 }, inner))
  const tunnel = { srcIp: '10.0.0.1', dstIp: '10.0.0.255' }
  t.same(decode(tunnelled), { ...expected, srcIp: '10.0.9.1', dstIp: '10.0.0.9', tunnel })
})

void t.test('of a datagram in fragments the first is an event, with the length of the whole', async (t) => {
  const fragment = (field: number) =>
    decode(
      ethernet(
        ends,
        0x0800,
        ipv4({ ...addresses, protocol: 17, fragment: field }, udp({ ...keepalive, length: 4008 })),
      ),
    )
  t.same(fragment(0x2000), { ...expected, payloadLength: 4000 })
  t.equal(fragment(0x2001), undefined)
  t.equal(fragment(0x0001), undefined)
})

void t.test('a length that the packet cannot have is no datagram', async (t) => {
  for (const length of [0, 7, 18]) {
    t.equal(decode(datagram(ends, addresses, { ...keepalive, length })), undefined, `${length}`)
  }
  t.match(decode(datagram(ends, addresses, { ...keepalive, length: 16 })), { payloadLength: 8 })
})

void t.test("datagrams come out of the fabric's thread", async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await a.send(datagram(ends, addresses, keepalive))
  await b.count(1)
  await lab.fabric.flush()
  t.match(lab.fabric.wire.datagrams({ dstPort: 1001 }), [{ ...expected, at: Number, cable: cableOf('a') }])
})
