import t from 'tap'
import { advertEvent, arpEvent, ms, scene } from './support/scene.ts'

void t.test('adverts are found by virtual router, network, sender and time', async (t) => {
  const { wire } = scene()
  const other = advertEvent(3, '10.0.0.1', { vrid: 7, network: 'wan' })
  wire.append([advertEvent(1, '10.0.0.1'), advertEvent(2, '10.0.0.2'), other, advertEvent(4, '10.0.0.1')])
  const times = (events: { at: number }[]) => events.map(({ at }) => at)
  t.same(times(wire.adverts()), [1, 2, 3, 4])
  t.same(times(wire.adverts({ vrid: 51 }, { since: ms(2) })), [2, 4])
  t.same(times(wire.adverts({ network: 'wan' })), [3])
  t.same(times(wire.adverts({ srcIp: '10.0.0.1' }, { until: ms(3) })), [1, 3])
  t.equal(wire.lastAdvert({ vrid: 51 }, { until: ms(3) })?.at, 2)
  t.equal(wire.lastAdvert({ vrid: 99 }), undefined)
  t.match(wire.advertSenders(51), [
    { srcIp: '10.0.0.1', cable: 'node-1:eth0', count: 2, first: { at: 1 }, last: { at: 4 } },
    { srcIp: '10.0.0.2', count: 1 },
  ])
  t.same(wire.advertSenders(51, { network: 'wan' }), [])
})

void t.test('ARP answers are replies that were asked for', async (t) => {
  const { wire } = scene()
  const answer = arpEvent(2, '1', { operation: 'reply', targetIp: '10.0.0.7', gratuitous: false })
  wire.append([
    arpEvent(0, '7', { senderIp: '10.0.0.7', gratuitous: false }),
    arpEvent(1, '1', { operation: 'reply' }),
    answer,
    arpEvent(3, '2'),
  ])
  t.same(wire.arpAnswers('10.0.0.9'), [answer])
  t.match(wire.gratuitousArps('10.0.0.9'), [
    { at: 1, operation: 'reply' },
    { at: 3, operation: 'request' },
  ])
  t.same(wire.gratuitousArps('10.0.0.7'), [])
})

void t.test('a takeover after a fault', async (t) => {
  const { wire } = scene()
  wire.append([
    advertEvent(1000, '10.0.0.1', { priority: 150 }),
    advertEvent(2000, '10.0.0.1', { priority: 150 }),
    // The fault is at 2100 and silences the owner only after one more advert.
    advertEvent(2200, '10.0.0.1', { priority: 150 }),
    arpEvent(3000, '3', { senderIp: '10.0.0.77' }),
    advertEvent(5800, '10.0.0.2'),
    arpEvent(5801, '2'),
    arpEvent(5802, '2', { senderIp: '10.0.0.2' }),
    advertEvent(6800, '10.0.0.2'),
  ])
  const takeover = wire.takeover({ vrid: 51, since: ms(2100) })
  t.match(takeover, { oldOwnerIp: '10.0.0.1', lastAdvert: { at: 2200 }, firstAdvert: { at: 5800, srcIp: '10.0.0.2' } })
  t.match(takeover, { resigned: false, gapMs: 3600, gratuitousArps: [{ at: 5801 }], overlap: { length: 0 } })
  t.equal(takeover.gratuitousArps.length, 1)
})

void t.test('a resignation, and two masters at once', async (t) => {
  const { wire } = scene()
  wire.append([
    advertEvent(1000, '10.0.0.1'),
    advertEvent(1500, '10.0.0.1', { priority: 0 }),
    advertEvent(2100, '10.0.0.2'),
    advertEvent(2500, '10.0.0.1'),
  ])
  t.match(wire.takeover({ vrid: 51, since: ms(1400) }), { resigned: true, gapMs: 600, overlap: [{ at: 2500 }] })
})

void t.test('a takeover that has not come yet, and one that nobody preceded', async (t) => {
  const { wire } = scene()
  wire.append([advertEvent(1000, '10.0.0.1'), advertEvent(2000, '10.0.0.1')])
  t.match(wire.takeover({ vrid: 51, since: ms(1500) }), {
    lastAdvert: { at: 2000 },
    firstAdvert: undefined,
    gapMs: undefined,
    gratuitousArps: { length: 0 },
  })
  t.match(wire.takeover({ vrid: 51, since: ms(500) }), {
    oldOwnerIp: undefined,
    lastAdvert: undefined,
    firstAdvert: { at: 1000 },
    gapMs: undefined,
  })
})
