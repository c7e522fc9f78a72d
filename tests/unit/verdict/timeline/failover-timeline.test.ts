import t from 'tap'
import type { FailoverOptions, TimelineDraft } from '../../../../src/verdict/index.ts'
import { failoverTimeline } from '../../../../src/verdict/index.ts'
import { datagramEvent, ms } from '../../fabric/support/scene.ts'
import { INTERVAL_MS, MAX_TIME_MS, Story } from './story.ts'

const FAULT = { at: ms(1020), label: 'powerCut a', node: 'a' }

function timelineOf(story: Story, now: number, options: Partial<FailoverOptions> = {}): TimelineDraft {
  const cluster = story.tell(now)
  const { requests } = story
  return failoverTimeline(cluster, {
    ...{ title: 'a test', fault: FAULT, takeover: cluster.wire.takeover({ vrid: 18, since: FAULT.at }) },
    ...(requests.length === 0
      ? {}
      : { load: { requests, intervalMs: INTERVAL_MS, maxTimeMs: MAX_TIME_MS, began: ms(0), until: ms(now) } }),
    ...options,
  })
}

const lines = ({ events }: TimelineDraft): string[] =>
  events.map((event) => `${event.atMs} ${event.kind} ${event.node ?? '-'}`)

/** Director a dies at 1020; b advertises at 4600. */
async function failover(t: Parameters<typeof Story.begin>[0]): Promise<Story> {
  const story = (await Story.begin(t)).advert(0, 'a').advert(1000, 'a').load(0, 1020, 'a')
  story.load(1050, 4620, 'a', 'no SYN-ACK').advert(4600, 'b', 90)
  return story
}

void t.test('every event of a failover, in order, each with the filter that finds its frame', async (t) => {
  const story = await failover(t)
  story.announce(4601, 'b', { client: 'a', web: undefined }).announce(4601.2, 'b').announce(4601.4, 'b')
  const timeline = timelineOf(story.load(4650, 6000, 'b').announce(9601, 'b'), 10_000)
  t.same(lines(timeline), [
    '1000 last advert a',
    '1020 fault a',
    '1050 first request lost client',
    '4600 first advert b',
    '4601 gratuitous ARP b',
    '4601 neighbour told -',
    '4601 neighbour told -',
    '4601.2 gratuitous ARP b',
    '4601.4 gratuitous ARP b',
    '4650 first request served client',
    '4651 first SYN answered web',
    '4655 first HTTP answer web',
    '9601 gratuitous ARP b',
  ])
  const { a, b } = { a: story.node('a').mac, b: story.node('b').mac }
  const told = timeline.events.find(({ kind }) => kind === 'neighbour told')
  t.match(told, { port: 'client:eth0', label: `10.0.0.100 is at ${b} (b), before at ${a} (a)` })
  t.match(timeline.blackout, { fromMs: 1050, toMs: 4650, client: { fromMs: 1050, toMs: 4650, lost: 72 }, lost: 72 })
  t.equal(timeline.epochMs, 1_000_000)
  const found = timeline.events.filter(({ kind }) => kind !== 'fault')
  t.ok(found.every(({ filter, network }) => filter !== undefined && network === 'lan'))
  t.equal(found[0]?.filter, 'vrrp && ip.src == 10.0.0.8 && vrrp.virt_rtr_id == 18 && vrrp.prio == 100')
})

void t.test('a master that resigns', async (t) => {
  const story = (await Story.begin(t)).advert(0, 'a').advert(1000, 'a', 0).advert(1610, 'b', 90)
  const timeline = timelineOf(story, 3000, { fault: { ...FAULT, uncertaintyMs: 35 } })
  t.same(lines(timeline), ['1000 resign a', '1020 fault a', '1610 first advert b'])
  t.match(timeline.events[1]?.label, 'in the 35 ms before')
  t.equal(timeline.blackout, undefined, 'nobody asked')
})

void t.test('no successor: what did not happen is not there, and the blackout has no end', async (t) => {
  const story = (await Story.begin(t)).advert(1000, 'a').load(0, 1020, 'a').load(1050, 3000, 'a', 'no SYN-ACK')
  const timeline = timelineOf(story, 3000)
  t.same(lines(timeline), ['1000 last advert a', '1020 fault a', '1050 first request lost client'])
  t.match(timeline.blackout, { fromMs: 1050 })
  t.equal(timeline.blackout?.toMs, undefined)
})

void t.test('a successor that serves nobody: adverts, but no answer', async (t) => {
  const story = (await failover(t)).announce(4601, 'b', { client: 'a' }).load(4650, 6000, 'b', 'no SYN-ACK')
  const kinds = timelineOf(story, 6000).events.map(({ kind }) => kind)
  t.ok(kinds.includes('neighbour told'))
  t.notOk(kinds.some((kind) => /answer|served/.test(kind)))
})

void t.test('answers by way of the old owner are not the successor’s', async (t) => {
  const story = await failover(t)
  story.request(4630, 'a').announce(4660, 'b', { client: 'a' }).load(4700, 5000, 'b')
  const timeline = timelineOf(story, 6000)
  t.same(
    timeline.events.filter(({ kind }) => /answer|served/.test(kind)).map(({ kind, atMs }) => [kind, atMs]),
    [
      ['first request served', 4630],
      ['first SYN answered', 4701],
      ['first HTTP answer', 4705],
    ],
  )
})

void t.test('one request under way when the fault strikes', async (t) => {
  const story = (await Story.begin(t)).advert(1000, 'a').load(0, 1000, 'a').request(1019, 'a', 'no answer')
  story.advert(1030, 'b', 90).load(1050, 2000, 'b')
  const timeline = timelineOf(story, 3000)
  const lost = timeline.events.find(({ kind }) => kind === 'first request lost')
  t.match(lost, { atMs: 1019, node: 'client', label: /answered, but nothing came/ })
  t.match(timeline.blackout, { lost: 1, fromMs: 1019, toMs: 1050, client: { lost: 1, fromMs: 1019, toMs: 1050 } })
})

void t.test('MACs that the switch learns at the successor’s port, moved or new; others are no news', async (t) => {
  const story = await failover(t)
  const learn = (at: number, mac: string, cable: `${string}:${string}`, movedFrom?: `${string}:${string}`): void => {
    const moved = movedFrom === undefined ? {} : { movedFrom }
    story.add({ type: 'learn', at: ms(at), network: 'lan', cable, mac, previous: undefined, ...moved })
  }
  learn(4600, '00:00:5e:00:01:12', 'b:eth0', 'a:eth0')
  learn(4601, story.node('b').mac, 'b:eth0')
  learn(4602, story.node('web').mac, 'web:eth0')
  learn(4603, '02:aa:aa:aa:aa:aa', 'b:eth0')
  const seen = timelineOf(story, 6000).events.filter(({ kind }) => kind.startsWith('MAC'))
  t.match(seen, [
    { kind: 'MAC moved', label: 'the switch has 00:00:5e:00:01:12 at b:eth0, before at a:eth0' },
    { kind: 'MAC learnt', label: `the switch has ${story.node('b').mac} at b:eth0` },
  ])
  t.equal(seen.length, 2)
})

void t.test('heartbeat: the silent node’s last status packet, and marks from a journal', async (t) => {
  const story = await Story.begin(t)
  const hop = { cable: 'a:eth0', srcMac: story.node('a').mac, dstMac: 'ff:ff:ff:ff:ff:ff' } as const
  const status = { heartbeat: { type: 'status', status: 'active' } }
  const ends = '10.0.0.8:694 > 10.0.0.255:694'
  story.add(datagramEvent(500, hop, ends, status), datagramEvent(900, hop, ends, status))
  story.add(datagramEvent(950, hop, ends, { heartbeat: { type: 'ackmsg' } }))
  story.announce(11_000, 'b', { client: 'a' })
  const timeline = failoverTimeline(story.tell(12_000), {
    ...{ title: 'a falls silent', fault: FAULT, from: story.node('a'), to: story.node('b'), silent: story.node('a') },
    marks: [{ at: ms(10_900), kind: 'declared dead', label: 'by the journal', node: 'b' }],
  })
  t.same(lines(timeline), [
    '900 last heartbeat a',
    '1020 fault a',
    '10900 declared dead b',
    '11000 gratuitous ARP b',
    '11000 neighbour told -',
  ])
})

void t.test('without a fault and a moment to begin at there is no timeline', async (t) => {
  const story = await Story.begin(t)
  t.throws(() => failoverTimeline(story.tell(0), { title: 'nothing' }), TypeError)
})
