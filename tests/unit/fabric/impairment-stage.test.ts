import { mean, sampleStandardDeviation } from 'simple-statistics'
import t from 'tap'
import { toRecord } from '../../../src/fabric/frame-parser.ts'
import { RandomStream } from '../../../src/fabric/random-stream.ts'
import { ms, StageBench } from './support/stage.ts'

const ascending = (numbers: readonly number[]) =>
  numbers.every((number, index) => index === 0 || number >= numbers[index - 1]!)

void t.test('random numbers are those of the reference implementation', async (t) => {
  const stream = new RandomStream([1, 2, 3, 4])
  const first = Array.from({ length: 7 }, () => stream.next())
  t.same(first, [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034])
})

void t.test('random numbers are spread evenly and normally, and a name decides them', async (t) => {
  const stream = new RandomStream('1 node-1:eth1 in 0')
  const uniform = Array.from({ length: 20_000 }, () => stream.uniform())
  const normal = Array.from({ length: 20_000 }, () => stream.normal())
  t.ok(Math.abs(mean(uniform) - 0.5) < 0.01 && Math.abs(mean(normal)) < 0.03)
  t.ok(Math.abs(sampleStandardDeviation(normal) - 1) < 0.02)
  const four = (name: string) => Array.from({ length: 4 }, (_, __, each = new RandomStream(name)) => each.next())
  t.same(four('a'), four('a'))
  t.not(new RandomStream('1 a:eth0 in 0').next(), new RandomStream('1 a:eth0 out 0').next())
})

void t.test('as many frames are lost as the seed says, about as many as was asked for', async (t) => {
  const lost = [0, 0.1, 0.5, 1].map((loss) => new StageBench({ loss }).send(10_000).counts.lost)
  t.same(lost, [0, 1047, 5061, 10_000])
})

void t.test('the same seed loses the same frames, another one others', async (t) => {
  const numbers = (seed: string) => new StageBench({ loss: 0.3 }, seed).send(1000).numbers
  t.same(numbers('1'), numbers('1'))
  t.notSame(numbers('1'), numbers('2'))
})

void t.test('duplicates follow their originals, and each can be lost', async (t) => {
  const bench = new StageBench({ duplicate: 1 }).send(3)
  t.same(bench.numbers, [0, 0, 1, 1, 2, 2])
  const both = new StageBench({ duplicate: 1, loss: 0.5 }).send(10_000)
  t.equal(both.passed.length + both.counts.lost, 20_000)
  t.equal(both.counts.duplicated, 10_000)
  t.ok(Math.abs(both.counts.lost - 10_000) < 300, `${both.counts.lost} lost`)
})

void t.test('corruption flips one bit, and leaves the original alone', async (t) => {
  const { stage, counts } = new StageBench({ corrupt: 1 })
  const frame = Buffer.alloc(100, 0x55)
  const positions = new Set<number>()
  for (let round = 0; round < 500; round++) {
    // A Buffer, as sockets give them.
    const record = Buffer.from(toRecord(frame))
    const [after] = stage.accept({ record }, ms(0))
    const changed = [...after!.record].flatMap((byte, index) =>
      byte === record[index] ? [] : [[index, byte ^ record[index]!]],
    )
    t.equal(changed.length, 1)
    const [[index, bits]] = changed as [[number, number]]
    t.ok(index >= 4 && [1, 2, 4, 8, 16, 32, 64, 128].includes(bits))
    positions.add(index)
    t.ok(record.equals(toRecord(frame)))
  }
  t.ok(positions.size > 90, 'anywhere')
  t.equal(counts.corrupted, 500)
})

void t.test('a delay is the same for all, in order', async (t) => {
  const bench = new StageBench({ delay: { ms: 20 } }).send(50, { everyMs: 3 }).until(1000)
  t.same(new Set(bench.tookMs(3)), new Set([20]))
  t.ok(ascending(bench.numbers))
  t.match(bench.counts, { delayed: 50, lost: 0 })
})

void t.test('uniform jitter keeps to its range, normal jitter to its deviation', async (t) => {
  const uniform = new StageBench({ delay: { ms: 20, jitterMs: 5 } }).send(10_000, { everyMs: 1 }).until(1e9).tookMs(1)
  t.ok(Math.min(...uniform) >= 15 && Math.min(...uniform) < 15.1, `at least ${Math.min(...uniform)}`)
  t.ok(Math.max(...uniform) <= 25 && Math.max(...uniform) > 24.9, `at most ${Math.max(...uniform)}`)
  t.ok(Math.abs(mean(uniform) - 20) < 0.1)
  const delay = { ms: 20, jitterMs: 4, distribution: 'normal' } as const
  const normal = new StageBench({ delay }).send(10_000, { everyMs: 1 }).until(1e9)
  t.ok(Math.abs(mean(normal.tookMs(1)) - 20) < 0.15)
  t.ok(Math.abs(sampleStandardDeviation(normal.tookMs(1)) - 4) < 0.1)
  t.notOk(ascending(normal.numbers), 'jitter reorders')
})

void t.test('with a gap, every so manieth frame overtakes; with a probability, about so many', async (t) => {
  const gap = new StageBench({ delay: { ms: 10 }, reorder: { gap: 5 } }).send(10, { everyMs: 1 }).until(100)
  t.same(gap.numbers, [4, 9, 0, 1, 2, 3, 5, 6, 7, 8])
  t.equal(gap.counts.reordered, 2)
  const chance = new StageBench({ delay: { ms: 10 }, reorder: { probability: 0.25 } }).send(10_000)
  t.same(chance.counts, { delayed: 7466, duplicated: 0, reordered: 2534, corrupted: 0, lost: 0, queueFull: 0 })
})

void t.test('a rate is kept, and what its queue cannot hold is dropped', async (t) => {
  // 1000 bytes at 1 Mbit/s take 8 ms.
  const rate = { bitsPerSecond: 1e6, queueBytes: 3000 }
  const bench = new StageBench({ rate }).send(5, { bytes: 1000 }).until(1000)
  t.same(bench.passed, [
    { number: 0, at: 8 },
    { number: 1, at: 16 },
    { number: 2, at: 24 },
  ])
  t.equal(bench.counts.queueFull, 2)
  const slower = new StageBench({ rate }).send(5, { bytes: 1000, everyMs: 10 }).until(1000)
  t.same(slower.tookMs(10), [8, 8, 8, 8, 8], 'nobody waits for a line that is free')
  const large = new StageBench({ rate: { bitsPerSecond: 1e6, queueBytes: 1 } }).send(1, { bytes: 1000 }).until(1000)
  t.equal(large.passed.length, 1, 'a free line takes any frame')
})

void t.test('a rate and a delay are the time on the line and then the way', async (t) => {
  const spec = { rate: { bitsPerSecond: 1e6 }, delay: { ms: 20 } }
  const bench = new StageBench(spec).send(3, { bytes: 1000 }).until(1000)
  t.same(
    bench.passed.map(({ at }) => at),
    [28, 36, 44],
  )
})
