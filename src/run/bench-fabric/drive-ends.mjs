// Drives the ends of a network's cables that open-ends.pl has opened. Two threads for each of the first two ends, a
// reader and a writer; a reader for each other. Orders come as JSON in lines, and are answered so. Plain JavaScript: a
// bench starts dozens of these threads, and the loader of TypeScript costs each a quarter of a second.
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'

const { LVSLAB_ENDS = '', LVSLAB_FRAMING: framing } = process.env
const fds = LVSLAB_ENDS.split(',').map(Number)
const start = (fd) => new Worker(new URL('./end-thread.mjs', import.meta.url), { workerData: { fd, framing } })
const readers = fds.map(start)
const writers = fds.slice(0, 2).map(start)
const macOf = (end) => `02fab0000${(end + 1).toString(16).padStart(3, '0')}`

// Threads may be in a read that never ends: nothing but the end of the process ends them.
const end = () => process.kill(process.pid, 'SIGKILL')
const lines = createInterface(process.stdin)
lines.on('close', end)
lines.on('line', (line) => void answer(JSON.parse(line)))
for (const worker of [...readers, ...writers]) {
  worker.on('error', (error) => {
    console.error(String(error))
    end()
  })
}
for (const [index, reader] of readers.entries()) await ask(reader, { kind: 'announce', src: macOf(index) })
console.log(JSON.stringify({ ready: true }))

async function answer({ kind, ...order }) {
  console.log(JSON.stringify(kind === 'flow' ? await flow(order) : await ping(order)))
}

function ask(worker, job) {
  return new Promise((resolve) => {
    worker.once('message', resolve)
    worker.postMessage(job)
  })
}

/** Frames from the first end to the second, or both ways at once; everybody who gets them reads them. */
async function flow({ frames, bytes, bothWays, hub, window }) {
  const counts = new Int32Array(new SharedArrayBuffer(4 * fds.length))
  const ways = bothWays ? [0, 1] : [0]
  const onlookers = hub ? fds.map((_, index) => index).slice(2) : []
  const receivers = [...ways.map((from) => 1 - from), ...onlookers]
  const receiving = receivers.map((receiver) => {
    const expected = receiver > 1 ? frames * ways.length : frames
    return ask(readers[receiver], { kind: 'receive', frames: expected, counts, receiver })
  })
  const sending = ways.map((from) => {
    const ends = { src: macOf(from), dst: macOf(1 - from) }
    const behind = [1 - from, ...onlookers].map((receiver) => ({ receiver, senders: receiver > 1 ? ways.length : 1 }))
    return ask(writers[from], { kind: 'send', frames, bytes, window, counts, receivers: behind, ...ends })
  })
  const started = (await Promise.all(sending)).map(({ startedMs }) => startedMs)
  const ended = (await Promise.all(receiving)).slice(0, ways.length).map(({ endedMs }) => endedMs)
  return { ms: Math.max(...ended) - Math.min(...started), frames: frames * ways.length }
}

async function ping({ frames, bytes, hub }) {
  const counts = new Int32Array(new SharedArrayBuffer(4 * fds.length))
  const onlooking = (hub ? readers.slice(2) : []).map((reader, index) =>
    ask(reader, { kind: 'receive', frames: 2 * frames, counts, receiver: index + 2 }),
  )
  const echo = ask(readers[1], { kind: 'echo', frames, bytes, src: macOf(1), dst: macOf(0) })
  const { us } = await ask(readers[0], { kind: 'ping', frames, bytes, src: macOf(0), dst: macOf(1) })
  await Promise.all([echo, ...onlooking])
  return { us }
}
