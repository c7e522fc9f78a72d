import t from 'tap'
import type { Test } from 'tap'
import { requestsOnWire, wireBlackout, witnessGap, type WireBlackout } from '../../../../src/verdict/index.ts'
import { ms, say } from '../../fabric/support/scene.ts'
import { INTERVAL_MS, MAX_TIME_MS, Story, VIP } from './story.ts'

const SERVICE = { address: VIP, port: 80 }

function blackoutOf(story: Story, since: number, until: number, began = 0): WireBlackout {
  const load = { clientIp: '10.0.0.2', service: SERVICE, intervalMs: INTERVAL_MS, maxTimeMs: MAX_TIME_MS }
  const all = { ...load, began: ms(began), until: ms(until) }
  return wireBlackout(requestsOnWire(story.tell(until).wire, all), ms(since), all)
}

void t.test('from the first lost request to the first served one, with what single packets prove', async (t) => {
  const story = (await Story.begin(t)).load(0, 1000, 'a').load(1000, 4000, 'b', 'no SYN-ACK').load(4000, 5000, 'b')
  const hole = blackoutOf(story, 960, 5000)
  t.match(hole, { lost: 60, fromMs: 1000, toMs: 4000, durationMs: 3000, resolutionMs: 50 })
  t.equal(hole.atLeastMs, 2950, 'from the first SYN that brought nothing to the last')
  t.equal(hole.atMostMs, 4000 - 952, 'from the last request that brought its page to the first SYN answered again')
  t.equal(hole.servedBetween, undefined)
})

void t.test('a request under way when the fault strikes, and comes to nothing, is the first lost', async (t) => {
  const story = (await Story.begin(t)).load(0, 1000, 'a').request(1000, 'a', 'no answer').load(1050, 1500, 'b')
  const hole = blackoutOf(story, 1001.5, 2000)
  t.match(hole, { lost: 1, fromMs: 1000, toMs: 1050, durationMs: 50, atLeastMs: 0 })
  t.equal(hole.atMostMs, 1050 - 952, 'its own question was the packet that brought nothing')
  t.equal(hole.firstLost?.firstVainAt, 1002)
})

void t.test(
  'a request begun before the client gives account, and lost, is not counted; a served one proves',
  async (t) => {
    const story = (await Story.begin(t)).load(0, 960, 'a').load(960, 1100, 'b', 'no SYN-ACK').load(1100, 1500, 'b')
    const hole = blackoutOf(story, 990, 2000, 970)
    t.match(hole, { lost: 2, fromMs: 1010, toMs: 1100, durationMs: 90 })
    t.equal(hole.atMostMs, 1100 - 952, 'served at 950, before the account began')
    t.match(blackoutOf(story, 990, 2000), { lost: 3, fromMs: 960 })
  },
)

void t.test('a request under way that is still answered is not lost', async (t) => {
  const story = (await Story.begin(t)).load(0, 1050, 'a').load(1050, 1500, 'b')
  const hole = blackoutOf(story, 1003, 2000)
  t.match(hole, { lost: 0, atLeastMs: 0, atMostMs: 50 })
  t.equal(hole.fromMs, undefined)
})

void t.test('refused requests and errors of the service are lost; what is served between is counted', async (t) => {
  const story = (await Story.begin(t)).load(0, 1000, 'a').request(1000, 'b', 'refused').request(1050, 'b')
  story.request(1100, 'b', 'status 503').load(1150, 1300, 'b')
  const hole = blackoutOf(story, 990, 2000)
  t.match(hole, { lost: 2, servedBetween: 1, fromMs: 1000, toMs: 1150 })
})

void t.test('no request served again: an open end, and no upper bound', async (t) => {
  const story = (await Story.begin(t)).load(0, 1000, 'a').load(1000, 3000, 'b', 'no SYN-ACK')
  const hole = blackoutOf(story, 990, 3000)
  t.equal(hole.toMs, undefined)
  t.equal(hole.atMostMs, undefined)
  t.equal(hole.lost, 33, 'the last eight were under way when the client was told to stop')
  t.equal(hole.atLeastMs, 1600)
})

void t.test('an answer after the client’s patience came too late', async (t) => {
  const story = (await Story.begin(t)).load(0, 1000, 'a').request(1000, 'b', 'no SYN-ACK').load(1050, 1600, 'b')
  const late = { cable: 'web:eth0', srcMac: 'x', dstMac: 'y' } as const
  story.add(say(1410, late, `${VIP}:80 > 10.0.0.2:40020`, 'SA'))
  story.add(say(1420, late, `${VIP}:80 > 10.0.0.2:40020`, 'A', { http: 'HTTP/1.1 200 OK' }))
  t.match(blackoutOf(story, 990, 3000), { lost: 1, fromMs: 1000, toMs: 1050 })
})

void t.test('where the load stumbles at an end, the resolution says so', async (t) => {
  const story = (await Story.begin(t)).load(0, 1000, 'a').load(1000, 2000, 'b', 'no SYN-ACK').load(2230, 3000, 'b')
  t.match(blackoutOf(story, 990, 3000), { durationMs: 1230, resolutionMs: 280, atLeastMs: 950, atMostMs: 2230 - 952 })
})

void t.test('a repeated SYN that is answered: from then on the service was there', async (t) => {
  const story = (await Story.begin(t)).load(0, 1000, 'a').load(1000, 1200, 'b', 'no SYN-ACK').request(1200, 'b')
  const again = { cable: 'client:eth0', srcMac: story.node('client').mac, dstMac: story.node('b').mac } as const
  story.add(say(1200.7, again, `10.0.0.2:40024 > ${VIP}:80`, 'S'))
  const hole = blackoutOf(story, 990, 3000)
  t.equal(hole.toMs, 1200)
  t.equal(hole.atMostMs, 1200.7 - 952)
})

void t.test('two witnesses agree within an interval, or are said to differ', (t: Test) => {
  const wire = { lost: 60, fromMs: ms(1000), toMs: ms(4000), atLeastMs: 2950, atMostMs: 3048, resolutionMs: 50 }
  const client = { lost: 59, fromMs: ms(1000), toMs: ms(4050) }
  const end = ms(9000)
  t.match(witnessGap({ ...wire, client }, end), {
    gapMs: 50,
    detail: /^wire: 60 lost from 1000.0 ms to 4000.0 ms; client: 59/,
  })
  t.equal(witnessGap({ ...wire, client: { ...client, fromMs: ms(920) } }, end).gapMs, 80)
  t.equal(witnessGap({ ...wire, client: { lost: 0 } }, end).gapMs, 3000, 'only the wire saw one')
  t.equal(witnessGap({ ...wire, client: { lost: 60, fromMs: ms(1000) } }, end).gapMs, 5000, 'no end for the client')
  const none = { lost: 0, atLeastMs: 0, resolutionMs: 50 }
  t.match(witnessGap({ ...none, client: { lost: 0 } }, end), { gapMs: 0, detail: /no request lost/ })
  t.equal(witnessGap({ ...none, client }, end).gapMs, 3050, 'only the client saw one')
  t.throws(() => witnessGap(wire, end), TypeError)
  t.end()
})
