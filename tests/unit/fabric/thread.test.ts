import t from 'tap'
import { FabricThread } from '../../../src/fabric/fabric-thread.ts'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'
import { Lab } from './support/lab.ts'

const setup = { zero: MonotonicClock.startNow().zero, networks: [], cables: [] }
const crashed = { code: 'LVSLAB_E_FABRIC_CRASHED', exitCode: 3 }

/** A thread that runs `body` after it has said that it is ready. */
function start(body: string, ends: Error[] = []): Promise<FabricThread> {
  const source = `import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ type: 'ready' }); ${body}`
  const entry = new URL(`data:text/javascript,${encodeURIComponent(source)}`)
  return FabricThread.start(setup, { onEvents: () => undefined, onEnd: (error) => ends.push(error) }, entry)
}

void t.test('a crash of the thread rejects all that waits for it, and all that comes after', async (t) => {
  await using lab = await Lab.start()
  const { fabric } = lab
  const seen = { ...crashed, seen: 'crashed on request' }
  await Promise.all([
    t.rejects(
      fabric.wire.waitFor(() => false, { timeoutMs: 60_000 }),
      seen,
    ),
    t.rejects(fabric.crash(), seen),
    t.rejects(fabric.stats(), seen),
    t.rejects(fabric.flush(), seen),
  ])
  await t.rejects(fabric.plug('a:eth0'), crashed)
  await t.rejects(
    fabric.wire.waitFor(() => false, { timeoutMs: 60_000 }),
    crashed,
  )
})

void t.test('a thread that exits by itself is a crash too', async (t) => {
  const ends: Error[] = []
  const thread = await start(`parentPort.on('message', () => process.exit(7))`, ends)
  await t.rejects(thread.ask('stats', {}), { ...crashed, seen: 'it exited with code 7' })
  await t.rejects(thread.ask('stats', {}), crashed)
  t.match(ends, [crashed])
  await thread.close()
})

void t.test('a thread that cannot start says why', async (t) => {
  const entry = new URL(`data:text/javascript,throw new Error('no such luck')`)
  const observer = { onEvents: () => undefined, onEnd: () => undefined }
  await t.rejects(FabricThread.start(setup, observer, entry), {
    code: 'LVSLAB_E_FABRIC_START',
    seen: 'no such luck',
  })
})

void t.test('closing rejects what is pending', async (t) => {
  const thread = await start(`parentPort.on('message', ({ id, command }) => {
    if (command.name !== 'close') return
    parentPort.postMessage({ type: 'answer', id })
    parentPort.close()
  })`)
  const pending = t.rejects(thread.ask('stats', {}), { code: 'LVSLAB_E_FABRIC_CLOSED' })
  await thread.close()
  await pending
  await thread.close()
})
