import t from 'tap'
import { PcapError, PcapStream, type PcapPacket } from '../../../../src/engine/vagrant/pcap-stream.ts'

function fileHeader(write: 'LE' | 'BE', magic: number, linkType = 1): Buffer {
  const header = Buffer.alloc(24)
  header[`writeUInt32${write}`](magic, 0)
  header[`writeUInt16${write}`](2, 4)
  header[`writeUInt16${write}`](4, 6)
  header[`writeUInt32${write}`](262_144, 16)
  header[`writeUInt32${write}`](linkType, 20)
  return header
}

function record(write: 'LE' | 'BE', seconds: number, fraction: number, frame: Buffer): Buffer {
  const header = Buffer.alloc(16)
  header[`writeUInt32${write}`](seconds, 0)
  header[`writeUInt32${write}`](fraction, 4)
  header[`writeUInt32${write}`](frame.length, 8)
  header[`writeUInt32${write}`](frame.length, 12)
  return Buffer.concat([header, frame])
}

function read(stream: Buffer, chunkBytes: number): PcapPacket[] {
  const reader = new PcapStream()
  const packets: PcapPacket[] = []
  for (let offset = 0; offset < stream.length; offset += chunkBytes) {
    reader.push(stream.subarray(offset, offset + chunkBytes), (packet) => packets.push(packet))
  }
  return packets
}

const FRAMES = [Buffer.from('first frame'), Buffer.from(''), Buffer.from('x'.repeat(1514))]

void t.test('packets come whole, in whatever chunks and byte order the stream comes', (t) => {
  for (const write of ['LE', 'BE'] as const) {
    const records = FRAMES.map((frame, index) => record(write, 1_700_000_000 + index, 250_500, frame))
    const stream = Buffer.concat([fileHeader(write, 0xa1b2c3d4), ...records])
    for (const chunkBytes of [1, 7, 16, 4096]) {
      const packets = read(stream, chunkBytes)
      t.strictSame(
        packets.map(({ frame }) => Buffer.from(frame).toString()),
        FRAMES.map(String),
        `${write}, chunks of ${chunkBytes}`,
      )
      t.strictSame(
        packets.map(({ epochMs }) => epochMs),
        [1_700_000_000_250.5, 1_700_000_001_250.5, 1_700_000_002_250.5],
      )
    }
  }
  t.end()
})

void t.test('a savefile with ns says ns', (t) => {
  const stream = Buffer.concat([fileHeader('LE', 0xa1b23c4d), record('LE', 10, 1_500_000, Buffer.from('a'))])
  t.equal(read(stream, 64)[0]?.epochMs, 10_001.5)
  t.end()
})

void t.test('half a record is waited for', (t) => {
  const stream = Buffer.concat([fileHeader('LE', 0xa1b2c3d4), record('LE', 1, 0, Buffer.from('abcdef'))])
  t.equal(read(stream.subarray(0, -1), 5).length, 0)
  t.end()
})

void t.test('what is no pcap of Ethernet is refused', (t) => {
  t.throws(() => read(Buffer.from('tcpdump: eth9: No such device exists'), 64), PcapError)
  t.throws(() => read(fileHeader('LE', 0xa1b2c3d4, 113), 64), /link type 113/)
  t.end()
})
