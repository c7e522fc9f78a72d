import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { decodeFrame } from '../../../src/fabric/decode.ts'
import { decodeHeartbeat } from '../../../src/fabric/decode-heartbeat.ts'
import { describeEvent } from '../../../src/fabric/index.ts'
import { BROADCAST, datagram, ethernet, ipv4, udp } from './support/frames.ts'
import { cableOf, Lab, macs } from './support/lab.ts'

const field = (text: string, kind = 0) => `${text.length + 3}:(${kind})${text},`
const message = (...fields: string[]) => `###\n${fields.join('')}%%%\n42:1 1427c2cb99708990ceffb669db4d7834316a1637,\0`
/** What Debian 12's heartbeat 3.0.6 sends every two seconds, less the load average. */
const STATUS = message(
  ...[field('t=status'), field('st=active'), field('dt=2710'), field('protocol=1'), field('src=slave')],
  // Sixteen bytes, any of which may be a comma, a newline, or an equals sign.
  ...[field('srcuuid=Cw,t=x\n=\xf6\xac%%%\n01', 1), field('seq=1c'), field('hg=6b0043e4'), field('ttl=3')],
)
const decode = (text: string) => decodeHeartbeat(Buffer.from(text, 'latin1'))
const ends = { src: macs.a, dst: BROADCAST }
const addresses = { src: '192.168.2.2', dst: '192.168.2.255' }
const ports = { srcPort: 59656, dstPort: 1001 }

void t.test('a status message tells its type, its node and the status', async (t) => {
  t.same(decode(STATUS), { type: 'status', src: 'slave', status: 'active' })
})

void t.test('an acknowledgement is another type: it is no sign of life', async (t) => {
  t.same(decode(message(field('t=ackmsg'), field('src=master'), field('ackseq=1f'))), {
    type: 'ackmsg',
    src: 'master',
  })
})

void t.test('lengths count, not what is between them; the first field of a name is the one', async (t) => {
  const tricky = message(field('x=a,8:(0)t=fake,'), field('t=status'), field('t=other'), field('src=a=b'))
  t.same(decode(tricky), { type: 'status', src: 'a=b' })
  t.same(decode(message(field('t=status'), field('st=binary', 1))), { type: 'status' })
})

void t.test('what follows the end is no field', async (t) => {
  t.same(decode(`${message(field('t=status'))}${field('src=forged')}`), { type: 'status' })
})

void t.test('a message that is cut short has the fields before the cut', async (t) => {
  t.same(decode(STATUS.slice(0, 40)), { type: 'status', status: 'active' })
  t.equal(decode(STATUS.slice(0, 10)), undefined)
})

void t.test('other payloads are none', async (t) => {
  for (const text of ['', '#', '###\n', '###\n%%%\n', '###\n9999999:(0)t=status,', '###\n-1:,', '##\n' + STATUS]) {
    t.equal(decode(text), undefined, JSON.stringify(text))
  }
  t.equal(decode(message(field('src=slave'))), undefined, 'without a type')
  t.equal(decode('###\n11:(0)t=status;'), undefined, 'without its comma')
})

void t.test('no bytes make it throw', async (t) => {
  let state = 1
  const random = () => (state = (state * 48_271) % 0x7fffffff)
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(STATUS, 'latin1')
    for (let change = 0; change < 3; change++) bytes[4 + (random() % (bytes.length - 4))] = random() % 256
    decodeHeartbeat(bytes)
  }
  t.pass('2000 messages with three changed bytes each')
})

void t.test('it is part of the datagram, on any port, and in its description', async (t) => {
  const frame = datagram(ends, addresses, { ...ports, payload: STATUS })
  const event = decodeFrame(frame, { at: 1500 as ClusterTime, network: 'lan', cable: 'a:eth0' })
  t.match(event, { type: 'udp', dstPort: 1001, heartbeat: { type: 'status', src: 'slave', status: 'active' } })
  t.match(event && describeEvent(event), /UDP .* bytes, heartbeat status active of slave$/)
})

void t.test('of a message in fragments the first tells', async (t) => {
  const payload = udp({ ...ports, payload: STATUS.slice(0, 64), length: 4008 })
  const frame = ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 17, fragment: 0x2000 }, payload))
  t.match(decodeFrame(frame, { at: 0 as ClusterTime, network: 'lan', cable: 'a:eth0' }), {
    heartbeat: { type: 'status' },
  })
})

void t.test("messages are found among the wire's datagrams by their type", async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  for (const payload of [message(field('t=ackmsg')), STATUS, 'something else']) {
    await a.send(datagram(ends, addresses, { ...ports, payload }))
  }
  await b.count(3)
  await lab.fabric.flush()
  t.equal(lab.fabric.wire.datagrams({ dstPort: 1001 }).length, 3)
  t.match(lab.fabric.wire.datagrams({ heartbeat: 'status' }), [{ cable: cableOf('a'), heartbeat: { src: 'slave' } }])
  t.equal(lab.fabric.wire.datagrams({ heartbeat: 'status' }).length, 1)
})
