import { quantileSorted } from 'simple-statistics'
import t from 'tap'
import type { ImpairmentSpec } from '../../../src/fabric/index.ts'
import { arp, BROADCAST, plain } from './support/frames.ts'
import { cableOf, Lab, macs } from './support/lab.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, index) => plain(macs.a, BROADCAST, `${index} `))
const garp = (ip: string) => arp({ operation: 1, senderMac: macs.a, senderIp: ip, targetIp: ip })

/** What machine b has of 200 frames that a sends through an impaired cable. */
async function through(spec: ImpairmentSpec, direction: 'in' | 'out' = 'in'): Promise<string[]> {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await lab.fabric.impair(cableOf(direction === 'in' ? 'a' : 'b'), direction, spec)
  await a.send(...numbered(200))
  await lab.settle()
  return b.texts
}

void t.test('the same seed and frames have the same fate; another seed, cable or direction another', async (t) => {
  const first = await through({ loss: 0.3 })
  t.equal(first.length, 139)
  t.same(await through({ loss: 0.3 }), first)
  t.notSame(await through({ loss: 0.3, seed: 2 }), first)
  t.notSame(await through({ loss: 0.3 }, 'out'), first)
})

void t.test('what is lost on its way in was never on the wire; on its way out it was', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  const { id, at } = await lab.fabric.impair(cableOf('a'), 'in', { loss: 1 })
  await a.send(garp('10.0.0.1'))
  await lab.settle()
  t.ok((await lab.fabric.unimpair(id)) >= at)
  await lab.fabric.impair(cableOf('b'), 'out', { loss: 1 })
  await a.send(garp('10.0.0.2'))
  await c.count(1)
  await b.send(plain(macs.b, BROADCAST, 'the other way'))
  await a.count(1)
  // A frame may be at its end before the news of it.
  await lab.settle()
  t.equal(b.received.length, 0)
  t.same([lab.fabric.wire.gratuitousArps('10.0.0.1').length, lab.fabric.wire.gratuitousArps('10.0.0.2').length], [0, 1])
  t.match(await lab.fabric.stats(), { frames: 2, dropped: 2, drops: { lost: 2, blocked: 0 } })
})

void t.test('a delay is kept to well under a millisecond, as far as the thread is punctual', async (t) => {
  await using lab = await Lab.start()
  const { a } = await lab.connectAll()
  await lab.fabric.impair(cableOf('a'), 'in', { delay: { ms: 20 } })
  const lateMs: number[] = []
  for (let round = 0; round < 30; round++) {
    const ip = `10.0.1.${round}`
    const since = await lab.fabric.inject(cableOf('a'), garp(ip))
    const seen = await lab.fabric.wire.waitFor((event) => event.type === 'arp' && event.senderIp === ip, {
      timeoutMs: 30_000,
    })
    lateMs.push(seen.at - since - 20)
  }
  lateMs.sort((x, y) => x - y)
  const { maxMs, p99Ms } = await lab.fabric.lateness()
  t.comment(
    `late by ${[0.5, 0.9, 1].map((part) => quantileSorted(lateMs, part).toFixed(3)).join(', ')} ms; thread ${maxMs.toFixed(1)} ms`,
  )
  t.ok(lateMs[0]! >= 0)
  t.ok(lateMs[0]! < 0.3)
  t.ok(quantileSorted(lateMs, 0.5) < 1 + p99Ms)
  t.equal((await lab.fabric.stats()).impaired.delayed, 30)
  void a
})

void t.test(
  'several impairments of a cable are one behind the other; what one held when it went goes on',
  async (t) => {
    await using lab = await Lab.start()
    const { a, b } = await lab.connectAll()
    await lab.fabric.impair(cableOf('a'), 'in', { duplicate: 1 })
    const { id } = await lab.fabric.impair(cableOf('a'), 'in', { delay: { ms: 3_600_000 } })
    await lab.fabric.impair(cableOf('a'), 'in', { duplicate: 1 })
    await a.send(plain(macs.a, BROADCAST, 'x'), plain(macs.a, BROADCAST, 'y'))
    await lab.settle()
    t.equal(b.received.length, 0)
    await lab.fabric.unimpair(id)
    await b.count(8)
    t.same(b.texts, ['x', 'x', 'x', 'x', 'y', 'y', 'y', 'y'])
    await lab.fabric.unimpair(id)
    t.match((await lab.fabric.stats()).impaired, { delayed: 4, duplicated: 6, reordered: 0, corrupted: 0 })
  },
)

void t.test('two losses lose different frames', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  await lab.fabric.impair(cableOf('a'), 'in', { loss: 0.5 })
  await lab.fabric.impair(cableOf('a'), 'in', { loss: 0.5 })
  await a.send(...numbered(400))
  await lab.settle()
  t.ok(b.received.length > 60 && b.received.length < 140, `${b.received.length} of 400 left`)
})

void t.test('a pulled cable drops what is on it, both ways', async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  const { id } = await lab.fabric.impair(cableOf('a'), 'both', { delay: { ms: 3_600_000 } })
  await a.send(plain(macs.a, BROADCAST, 'in'))
  await b.send(plain(macs.b, BROADCAST, 'out'))
  await c.count(1)
  await lab.settle()
  await lab.fabric.unplug(cableOf('a'))
  await lab.fabric.plug(cableOf('a'))
  await lab.fabric.unimpair(id)
  await a.send(plain(macs.a, BROADCAST, 'later'))
  await b.count(1)
  await lab.settle()
  t.same([a.texts, b.texts, c.texts], [[], ['later'], ['out', 'later']])
  t.equal((await lab.fabric.stats()).drops.unplugged, 2)
})

void t.test('a machine that comes back is not given what was on its way to the one before', async (t) => {
  await using lab = await Lab.start()
  const { a, b } = await lab.connectAll()
  const { id } = await lab.fabric.impair(cableOf('b'), 'out', { delay: { ms: 3_600_000 } })
  await a.send(plain(macs.a, BROADCAST, 'for the first'))
  await lab.settle()
  const since = lab.fabric.clock.now()
  b[Symbol.dispose]()
  await lab.fabric.wire.waitFor((event) => event.type === 'cable' && event.change === 'disconnected', {
    since,
    timeoutMs: 30_000,
  })
  const second = await lab.connect('b')
  await lab.fabric.unimpair(id)
  await a.send(plain(macs.a, BROADCAST, 'for the second'))
  await second.count(1)
  t.same(second.texts, ['for the second'])
})

void t.test("a corrupted copy is one receiver's, the others and the capture have the frame whole", async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  await lab.fabric.impair(cableOf('b'), 'out', { corrupt: 1 })
  const frame = garp('10.0.0.1')
  await a.send(frame)
  await Promise.all([b.count(1), c.count(1)])
  await lab.fabric.flush()
  t.notSame(b.received[0], frame)
  t.same(c.received[0], frame)
  t.equal(lab.fabric.wire.gratuitousArps('10.0.0.1').length, 1)
})

const mistakes: [spec: unknown, message: RegExp][] = [
  [{}, /must impair something/],
  [{ seed: 1 }, /must impair something/],
  [{ losses: 0.1 }, /no impairment "losses"/],
  [{ loss: 10 }, /probability of 10 \(loss\)/],
  [{ corrupt: Number.NaN }, /probability of NaN/],
  [{ delay: { ms: -1 } }, /delay of -1 ms/],
  [{ delay: { ms: 20, jitterMs: 30 } }, /jitter of 30 ms around 20 ms/],
  [{ delay: { ms: 20, distribution: 'pareto' } }, /distribution "pareto"/],
  [{ reorder: { probability: 0.5 } }, /reordering without a delay/],
  [{ reorder: { gap: 0 }, delay: { ms: 1 } }, /gap of 0/],
  [{ rate: { bitsPerSecond: 0 } }, /rate of 0 bit\/s/],
  [{ rate: { bitsPerSecond: 1, queueBytes: 0.5 } }, /queue of 0.5 bytes/],
  [{ loss: 0.1, seed: -1 }, /seed of -1/],
]

void t.test('what cannot be is refused, with its code', async (t) => {
  await using lab = await Lab.start()
  for (const [spec, message] of mistakes) {
    const impaired = lab.fabric.impair(cableOf('a'), 'in', spec as ImpairmentSpec)
    await t.rejects(impaired, { code: 'LVSLAB_E_IMPAIRMENT', exitCode: 2, message }, JSON.stringify(spec))
  }
  await t.rejects(lab.fabric.impair('z:eth9', 'in', { loss: 1 }), { code: 'LVSLAB_E_FABRIC_NO_CABLE' })
})
