import t from 'tap'
import { EventLog, LOG_CAPACITY } from '../../../src/fabric/event-log.ts'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'
import { describeEvent, Wire, WireTimeoutError, type VrrpEvent, type WireEvent } from '../../../src/fabric/index.ts'
import { advertEvent, arpEvent, datagramEvent, echoEvent, ms, say, scene } from './support/scene.ts'

const isAdvert = (event: WireEvent): event is VrrpEvent => event.type === 'vrrp'

void t.test('a wait finds what came since a moment in the past', async (t) => {
  const { wire } = scene()
  wire.append([advertEvent(1, '10.0.0.1'), advertEvent(2, '10.0.0.2'), advertEvent(3, '10.0.0.3')])
  const found = await wire.waitFor(isAdvert, { since: ms(2), timeoutMs: 1000 })
  t.equal(found.srcIp, '10.0.0.2')
})

void t.test('a wait without a start counts from now on, also for events that come late', async (t) => {
  const { wire, clock } = scene()
  clock.time = 10
  wire.append([advertEvent(9, '10.0.0.1')])
  const waiting = wire.waitFor(isAdvert, { timeoutMs: 1000 })
  wire.append([advertEvent(9.5, '10.0.0.2'), arpEvent(10, '9'), advertEvent(11, '10.0.0.3')])
  t.equal((await waiting).srcIp, '10.0.0.3')
})

void t.test('a time-out says what was waited for and what came instead', async (t) => {
  const { wire, clock } = scene()
  wire.append([arpEvent(1, '1'), ...[2, 3, 4, 5, 6, 7].map((at) => advertEvent(at, `10.0.0.${at}`))])
  const match = (event: WireEvent) => isAdvert(event) && event.vrid === 7
  const matcher = { description: 'an advert of vrid 7', match, related: isAdvert }
  const waiting = wire.waitFor(matcher, { since: ms(0), timeoutMs: 20 })
  clock.time = 20
  const error = await waiting.catch((caught: unknown) => caught as WireTimeoutError)
  t.type(error, WireTimeoutError)
  t.match(error, { code: 'LVSLAB_E_WIRE_TIMEOUT', exitCode: 1, timeoutMs: 20, since: 0, deadline: 20 })
  t.equal((error as WireTimeoutError).message, 'Waited 20 ms for an advert of vrid 7, which was not seen on the wire')
  t.match((error as WireTimeoutError).seen?.split('\n'), [
    '6 events, the last 5 being:',
    '0.003 s node-3:eth0 advert vrid 51 priority 100 from 10.0.0.3 for 10.0.0.9',
  ])
})

void t.test('an event that happened in time but is delivered late ends a wait well', async (t) => {
  const clock = MonotonicClock.startNow()
  const wire: Wire = new Wire(clock, async () => wire.append([advertEvent(5, '10.0.0.1')]))
  const found = await wire.waitFor(isAdvert, { since: ms(0), timeoutMs: 10 })
  t.equal(found.at, 5)
})

void t.test('an event after the deadline does not', async (t) => {
  const clock = MonotonicClock.startNow()
  const wire: Wire = new Wire(clock, async () => wire.append([advertEvent(clock.now(), '10.0.0.1')]))
  const error: unknown = await wire
    .waitFor(isAdvert, { timeoutMs: 10, what: 'a master' })
    .catch((caught: unknown) => caught)
  t.match(error, { code: 'LVSLAB_E_WIRE_TIMEOUT', what: 'a master', seen: 'nothing' })
})

void t.test('a matcher that throws ends its own wait only', async (t) => {
  const { wire } = scene()
  const broken = wire.waitFor(
    () => {
      throw new Error('mistake')
    },
    { timeoutMs: 60_000 },
  )
  const sound = wire.waitFor(isAdvert, { timeoutMs: 60_000 })
  wire.append([advertEvent(1, '10.0.0.1')])
  await t.rejects(broken, { message: 'mistake' })
  t.equal((await sound).at, 1)
})

void t.test('listeners hear each event until they are disposed of', async (t) => {
  const { wire } = scene()
  const heard: number[] = []
  const off = wire.on(({ at }) => heard.push(at))
  {
    using _also = wire.on(({ at }) => heard.push(at + 100))
    wire.append([advertEvent(1, '10.0.0.1')])
  }
  wire.append([advertEvent(2, '10.0.0.1')])
  off()
  wire.append([advertEvent(3, '10.0.0.1')])
  t.same(heard, [1, 101, 2])
})

void t.test('the log is cut into ranges with both ends in them', async (t) => {
  const log = new EventLog()
  log.append([1, 2, 2, 3, 5].map((at) => advertEvent(at, '10.0.0.1')))
  const within = (since?: number, until?: number) =>
    log
      .within({
        since: since === undefined ? undefined : ms(since),
        until: until === undefined ? undefined : ms(until),
      })
      .map(({ at }) => at)
  t.same(within(), [1, 2, 2, 3, 5])
  t.same(within(2, 3), [2, 2, 3])
  t.same(within(4), [5])
  t.same(within(undefined, 1), [1])
  t.same(within(6), [])
})

void t.test('the log forgets the oldest and says how many', async (t) => {
  const log = new EventLog()
  const batch = Array.from({ length: 10_000 }, () => advertEvent(1, '10.0.0.1'))
  for (let count = 0; count < LOG_CAPACITY + 60_000; count += batch.length) log.append(batch)
  t.equal(log.events.length + log.forgotten, LOG_CAPACITY + 60_000)
  t.equal(log.events.length, LOG_CAPACITY)
})

void t.test('events are described in the words of the field', async (t) => {
  const hop = { cable: 'client:eth0', srcMac: 'x', dstMac: 'y' } as const
  const tunnel = { srcIp: '10.0.0.2', dstIp: '10.0.0.3' }
  const base = { at: ms(1500), network: 'lan', cable: 'a:eth0' } as const
  const events: [WireEvent, string][] = [
    [
      advertEvent(1500, '10.0.0.1', { checksumOk: false }),
      'advert vrid 51 priority 100 from 10.0.0.1 for 10.0.0.9, bad checksum',
    ],
    [arpEvent(1500, '1'), 'gratuitous ARP request: 10.0.0.9 is at mac-1'],
    [arpEvent(1500, '1', { gratuitous: false, senderIp: '10.0.0.1' }), 'ARP request: who has 10.0.0.9, tell 10.0.0.1'],
    [
      arpEvent(1500, '1', { gratuitous: false, operation: 'reply', targetIp: '10.0.0.7' }),
      'ARP reply to 10.0.0.7: 10.0.0.9 is at mac-1',
    ],
    [
      say(1500, hop, '1.1.1.1:1 > 2.2.2.2:2', 'SA', { tunnel }),
      'TCP SYN,ACK 1.1.1.1:1 > 2.2.2.2:2 in a tunnel to 10.0.0.3',
    ],
    [
      say(1500, hop, '1.1.1.1:1 > 2.2.2.2:2', 'A', { http: 'GET / HTTP/1.1' }),
      'TCP ACK 1.1.1.1:1 > 2.2.2.2:2 "GET / HTTP/1.1"',
    ],
    [say(1500, hop, '1.1.1.1:21 > 2.2.2.2:2', 'A', { ftp: '220 ready' }), 'TCP ACK 1.1.1.1:21 > 2.2.2.2:2 "220 ready"'],
    [
      datagramEvent(1500, hop, '1.1.1.1:1 > 2.2.2.2:2', { payloadLength: 9, tunnel }),
      'UDP 1.1.1.1:1 > 2.2.2.2:2 in a tunnel to 10.0.0.3, 9 bytes',
    ],
    [echoEvent(1500, hop, '1.1.1.1 > 2.2.2.2'), 'ICMP type 8 code 0 from 1.1.1.1 to 2.2.2.2'],
    [{ ...base, type: 'cable', change: 'unplugged' }, 'unplugged'],
    [{ ...base, type: 'learn', mac: 'm', previous: 'b:eth0' }, 'learnt m, before at b:eth0'],
  ]
  for (const [event, words] of events) t.equal(describeEvent(event), `1.500 s ${event.cable} ${words}`)
})

void t.test('who watches hears of a wait, until when, and that it is over, however it ends', async (t) => {
  const { wire, clock } = scene()
  const heard: unknown[] = []
  wire.onWait = (wait) => heard.push(wait)
  const matcher = { description: 'an advert', match: isAdvert }
  const found = wire.waitFor(matcher, { timeoutMs: 1000 })
  t.strictSame(heard, [{ what: 'an advert', timeoutMs: 1000 }])
  wire.append([advertEvent(1, '10.0.0.1')])
  await found
  t.strictSame(heard.slice(1), [undefined])
  clock.time = 10
  const late = wire.waitFor(matcher, { timeoutMs: 20, what: 'another' })
  clock.time = 30
  await t.rejects(late)
  t.strictSame(heard.slice(2), [{ what: 'another', timeoutMs: 20 }, undefined])
})
