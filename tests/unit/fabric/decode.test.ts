import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { decodeFrame } from '../../../src/fabric/decode.ts'
import { hasPort, isKind } from '../../../src/fabric/frame-layout.ts'
import { advert, arp, BROADCAST, datagram, ethernet, ipv4, plain, segment, tcp, u16, vrrp } from './support/frames.ts'

const at = 1.5 as ClusterTime
const A = '52:54:00:00:00:0a'
const B = '52:54:00:00:00:0b'
const decode = (frame: Uint8Array) => decodeFrame(frame, { at, network: 'lan', cable: 'a:eth0' })
const ends = { src: A, dst: B }
const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }
const seen = { at, network: 'lan', cable: 'a:eth0', srcMac: A, dstMac: B }
const v2 = {
  version: 2 as const,
  src: '10.0.0.1',
  vrid: 51,
  priority: 100,
  interval: 1,
  addresses: ['10.0.0.8', '10.0.0.9'],
}
const v3 = { ...v2, version: 3 as const, interval: 0x0abc }
const icmp = Buffer.from([3, 1, 0, 0, 0, 0, 0, 0])
const get = { srcPort: 4000, dstPort: 80, flags: 'PA', seq: 0xfffffffe, payload: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' }

const arpRequest = arp({ operation: 1, senderMac: A, senderIp: '10.0.0.1', targetIp: '10.0.0.2' })
const innerPacket = ipv4(
  { src: '10.0.9.1', dst: '10.0.0.9', protocol: 6 },
  tcp({ srcPort: 5, dstPort: 80, flags: 'S' }),
)
const valid = {
  arpRequest,
  arpReply: arp({ operation: 2, senderMac: A, senderIp: '10.0.0.9', targetMac: B, targetIp: '10.0.0.2' }),
  v2: advert(A, v2),
  v2auth: advert(A, { ...v2, auth: 'secret' }),
  v3: advert(A, v3),
  icmp: ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 1 }, icmp)),
  syn: segment(ends, addresses, { srcPort: 4000, dstPort: 80, flags: 'S', seq: 7 }),
  get: segment(ends, addresses, get),
  options: ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 6, options: Buffer.alloc(8, 1) }, tcp(get))),
  vlan: ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 6 }, tcp(get)), 5),
  udp: datagram(ends, addresses, { srcPort: 1001, dstPort: 1001, payload: 'alive' }),
  ftp: segment(ends, addresses, { ...get, dstPort: 21, payload: 'PORT 10,0,0,1,195,80\r\n' }),
  tunnel: ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 4 }, innerPacket)),
}

void t.test('ARP', async (t) => {
  t.same(decode(arpRequest), {
    ...seen,
    type: 'arp',
    dstMac: BROADCAST,
    operation: 'request',
    senderMac: A,
    senderIp: '10.0.0.1',
    targetMac: '00:00:00:00:00:00',
    targetIp: '10.0.0.2',
    gratuitous: false,
  })
  t.match(decode(valid.arpReply), { operation: 'reply', targetMac: B, gratuitous: false })
  const both = ([1, 2] as const).map((operation) =>
    decode(arp({ operation, senderMac: A, senderIp: '10.0.0.9', targetIp: '10.0.0.9' })),
  )
  t.match(both, [
    { operation: 'request', gratuitous: true },
    { operation: 'reply', gratuitous: true },
  ])
})

void t.test('VRRP version 2', async (t) => {
  const expected = {
    ...seen,
    type: 'vrrp',
    dstMac: '01:00:5e:00:00:12',
    version: 2,
    srcIp: '10.0.0.1',
    vrid: 51,
    priority: 100,
    advertIntervalMs: 1000,
    addresses: ['10.0.0.8', '10.0.0.9'],
    checksumOk: true,
  }
  t.same(decode(valid.v2), { ...expected, authType: 0 })
  t.same(decode(valid.v2auth), { ...expected, authType: 1 })
})

void t.test('VRRP version 3 counts in hundredths of a second and sums a pseudo-header', async (t) => {
  t.match(decode(valid.v3), { version: 3, advertIntervalMs: 27_480, authType: undefined, checksumOk: true })
})

void t.test('a bad checksum is told', async (t) => {
  for (const frame of [valid.v2, valid.v3]) {
    const broken = Buffer.from(frame)
    broken[36] = 99
    t.match(decode(broken), { priority: 99, checksumOk: false })
  }
})

void t.test('VRRP on a padded frame', async (t) => {
  const packet = vrrp({ ...v2, addresses: ['10.0.0.9'] })
  t.match(decode(ethernet(ends, 0x0800, Buffer.concat([packet, Buffer.alloc(9, 0xee)]))), { checksumOk: true })
})

void t.test('ICMP', async (t) => {
  t.same(decode(valid.icmp), { ...seen, type: 'icmp', srcIp: '10.0.0.1', dstIp: '10.0.0.2', icmpType: 3, icmpCode: 1 })
})

void t.test('TCP', async (t) => {
  const base = { ...seen, type: 'tcp', srcIp: '10.0.0.1', dstIp: '10.0.0.2', srcPort: 4000, dstPort: 80 }
  const noFlags = { syn: false, ack: false, fin: false, rst: false }
  t.same(decode(valid.syn), { ...base, ...noFlags, syn: true, seq: 7, payloadLength: 0 })
  const request = { ...base, ...noFlags, ack: true, seq: 0xfffffffe, payloadLength: 27, http: 'GET / HTTP/1.1' }
  t.same(decode(valid.get), request)
  t.same(decode(valid.options), request)
  t.same(decode(valid.vlan), request)
  const answer = { ...get, payload: 'HTTP/1.1 200 OK\r\n' }
  t.match(decode(segment(ends, addresses, answer)), { http: 'HTTP/1.1 200 OK' })
})

void t.test('TCP that neither opens, closes nor speaks HTTP or FTP is no event', async (t) => {
  for (const payload of ['', 'Get out', 'HTTP', 'POSTAL', 'data']) {
    t.equal(decode(segment(ends, addresses, { ...get, payload })), undefined, payload)
  }
})

void t.test('IP in IP is decoded with its outer addresses', async (t) => {
  t.match(decode(valid.tunnel), { srcIp: '10.0.9.1', dstIp: '10.0.0.9', syn: true, tunnel: addressesOf(addresses) })
})

void t.test('only the first fragment has a TCP header', async (t) => {
  const fragment = (field: number) =>
    decode(ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 6, fragment: field }, tcp(get))))
  t.match(fragment(0x2000), { http: 'GET / HTTP/1.1' })
  t.equal(fragment(0x2001), undefined)
  t.equal(fragment(0x0001), undefined)
})

void t.test('what is none of these is no event', async (t) => {
  t.equal(decode(plain(A, B, 'text')), undefined)
  t.equal(decode(ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 17 }, u16(53)))), undefined)
  t.equal(decode(ethernet(ends, 0x86dd, Buffer.alloc(60, 0x60))), undefined)
})

void t.test('no frame that was cut short is decoded, and none throws', async (t) => {
  for (const [name, frame] of Object.entries(valid)) {
    const decoded = Array.from(frame.keys()).filter((length) => survives(frame.subarray(0, length)) !== undefined)
    t.same(decoded, [], name)
  }
})

void t.test('no bytes make a decoder throw', async (t) => {
  let state = 1
  const random = () => (state = (state * 48271) % 0x7fffffff)
  const seeds = Object.values(valid)
  for (let round = 0; round < 20_000; round++) {
    const seed = seeds[random() % seeds.length]!
    const frame = Buffer.from(seed)
    for (let change = random() % 6; change >= 0; change--) frame[random() % frame.length] = random() & 0xff
    survives(frame.subarray(0, random() % (frame.length + 1)))
    survives(Buffer.from(Array.from({ length: random() % 60 }, () => random() & 0xff)))
  }
  t.pass('40,000 frames')
})

function survives(frame: Uint8Array) {
  for (const kind of ['arp', 'garp', 'tcp', 'vrrp', 'ipip'] as const) isKind(frame, kind)
  hasPort(frame, 80)
  return decode(frame)
}

function addressesOf({ src, dst }: { src: string; dst: string }) {
  return { srcIp: src, dstIp: dst }
}
