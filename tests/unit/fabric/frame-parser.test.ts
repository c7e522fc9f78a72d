import t from 'tap'
import { FrameParser, FramingError, MAX_FRAME_BYTES, toRecord } from '../../../src/fabric/frame-parser.ts'
import { Machine } from './support/machine.ts'

const frames = [Buffer.from('first'), Buffer.alloc(0), Buffer.from('the third frame'), Buffer.alloc(2000, 7)]
const stream = Buffer.concat(frames.map((frame) => Machine.encode(frame)))

function parse(chunks: Uint8Array[]): string[] {
  const parser = new FrameParser()
  const records: Uint8Array[] = []
  for (const chunk of chunks) parser.push(chunk, (record) => records.push(record))
  return records.map((record) => Buffer.from(record).toString('hex'))
}

const whole = frames.map((frame) => Machine.encode(frame).toString('hex'))

void t.test('frames come out whole wherever the stream is cut in two', async (t) => {
  const wrong = Array.from(stream.keys()).filter(
    (cut) => parse([stream.subarray(0, cut), stream.subarray(cut)]).join() !== whole.join(),
  )
  t.same(wrong, [])
})

void t.test('frames come out whole wherever the stream is cut in three', async (t) => {
  const short = stream.subarray(0, stream.length - 2004)
  for (let first = 0; first <= short.length; first++) {
    for (let second = first; second <= short.length; second++) {
      const chunks = [short.subarray(0, first), short.subarray(first, second), short.subarray(second)]
      if (parse(chunks).join() !== whole.slice(0, 3).join()) t.fail(`cut at ${first} and ${second}`)
    }
  }
  t.pass('every pair of cuts')
})

void t.test('frames come out whole byte by byte', async (t) => {
  t.same(parse([...stream].map((byte) => Buffer.from([byte]))), whole)
})

void t.test('a straddling record does not change when the next one straddles', async (t) => {
  const parser = new FrameParser()
  const records: Uint8Array[] = []
  for (let at = 0; at < stream.length; at += 3) parser.push(stream.subarray(at, at + 3), (one) => records.push(one))
  t.same(
    records.map((record) => Buffer.from(record).toString('hex')),
    whole,
  )
})

void t.test('the longest frame of QEMU passes, a longer one is refused', async (t) => {
  t.equal(parse([toRecord(new Uint8Array(MAX_FRAME_BYTES))]).length, 1)
  t.throws(() => parse([toRecord(new Uint8Array(MAX_FRAME_BYTES + 1))]), FramingError)
  const header = toRecord(new Uint8Array(MAX_FRAME_BYTES + 1)).subarray(0, 4)
  t.throws(() => parse([header.subarray(0, 1), header.subarray(1)]), FramingError)
})
