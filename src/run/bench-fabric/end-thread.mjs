// One blocking reader or writer of a cable's end, as a thread of drive-ends.mjs. It does one job at a time, with plain
// read(2) and write(2) on the descriptor: a frame per write, as QEMU's netdevs do. On a stream a read may bring many
// frames, each with its length before it (QEMU net/stream.c); on a tap it brings one. All else is the same for both.
import { readSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

const { fd, framing } = workerData
/** IEEE 802 local experimental EtherTypes: one to measure with, one that nobody counts. */
const MEASURED = 0x88b5
const UNCOUNTED = 0x88b6
const ETHERTYPE_OFFSET = 12
const HEADER_BYTES = framing === 'stream' ? 4 : 0
const NOTIFY_EVERY = 16

const buffer = Buffer.alloc(1 << 17)
let from = 0
let to = 0

parentPort.on('message', (job) => parentPort.postMessage(jobs[job.kind](job)))

const jobs = {
  /** Makes switches learn where `src` is. */
  announce({ src }) {
    write(record({ bytes: 64, src, dst: 'ffffffffffff', type: UNCOUNTED }))
    return {}
  },
  /** Sends frames, never more than `window` ahead of the slowest of its receivers. */
  send({ frames, window, counts, receivers, ...frame }) {
    const bytes = record({ ...frame, type: MEASURED })
    const startedMs = nowMs()
    for (let sent = 0; sent < frames; sent++) {
      // An onlooker of a hub counts what several send.
      for (const { receiver, senders } of receivers) awaitReceiver(counts, receiver, senders * (sent - window))
      write(bytes)
    }
    return { startedMs }
  },
  receive({ frames, counts, receiver }) {
    for (let received = 1; received <= frames; received++) {
      nextFrame()
      if (received % NOTIFY_EVERY !== 0 && received !== frames) continue
      Atomics.store(counts, receiver, received)
      Atomics.notify(counts, receiver)
    }
    return { endedMs: nowMs() }
  },
  ping({ frames, ...frame }) {
    const bytes = record({ ...frame, type: MEASURED })
    const us = Array.from({ length: frames }, () => {
      const startedMs = nowMs()
      write(bytes)
      nextFrame()
      return (nowMs() - startedMs) * 1000
    })
    return { us }
  },
  echo({ frames, ...frame }) {
    const bytes = record({ ...frame, type: MEASURED })
    for (let echoed = 0; echoed < frames; echoed++) {
      nextFrame()
      write(bytes)
    }
    return {}
  },
}

function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6
}

function record({ bytes, src, dst, type }) {
  const whole = Buffer.alloc(HEADER_BYTES + bytes)
  if (HEADER_BYTES > 0) whole.writeUInt32BE(bytes)
  whole.write(dst + src, HEADER_BYTES, 'hex')
  whole.writeUInt16BE(type, HEADER_BYTES + ETHERTYPE_OFFSET)
  return whole
}

function write(bytes) {
  for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written)
}

function awaitReceiver(counts, receiver, least) {
  for (let count = Atomics.load(counts, receiver); count < least; count = Atomics.load(counts, receiver)) {
    Atomics.wait(counts, receiver, count)
  }
}

/** Takes one measured frame from what was read, reading more as needed. Others (announcements) are passed over. */
function nextFrame() {
  for (;;) {
    if (framing === 'tap') {
      readSync(fd, buffer, 0, buffer.length, null)
      if (buffer.readUInt16BE(ETHERTYPE_OFFSET) === MEASURED) return
    } else {
      fill(HEADER_BYTES)
      const bytes = buffer.readUInt32BE(from)
      fill(HEADER_BYTES + bytes)
      const type = buffer.readUInt16BE(from + HEADER_BYTES + ETHERTYPE_OFFSET)
      from += HEADER_BYTES + bytes
      if (type === MEASURED) return
    }
  }
}

function fill(bytes) {
  if (to - from >= bytes) return
  buffer.copyWithin(0, from, to)
  to -= from
  from = 0
  while (to < bytes) {
    const count = readSync(fd, buffer, to, buffer.length - to, null)
    if (count === 0) throw new Error('the network closed the cable')
    to += count
  }
}
