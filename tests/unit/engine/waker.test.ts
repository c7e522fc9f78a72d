import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { WakeLine } from '../../../src/engine/vm/waker.ts'
import { unixServer } from './support/unix-server.ts'

const onTime = () => Promise.resolve(0)

/** What waits in the guest, as QEMU's socket of the port shows it. */
const port = (t: Test, onLine: (line: string, socket: Socket) => void): Promise<string> =>
  unixServer(t, (socket) => socket.on('data', (chunk) => onLine(chunk.toString(), socket)))

void t.test('a copy is told the time and a seed, and its word is waited for however it is cut', async (t) => {
  const lines: string[] = []
  const path = await port(t, (line, socket) => {
    lines.push(line)
    socket.write('ready\nawa')
    setTimeout(() => socket.write('ke\n'), 20)
  })
  for (let count = 0; count < 2; count++) {
    using line = await WakeLine.open('node-1', path, onTime)
    await line.wake()
  }
  const [first, second] = lines.map((line) => /^(\d+) (\d+) ([0-9a-z]{20,})\n$/.exec(line) ?? [])
  t.ok(Math.abs(Number(first?.[1]) + Number(first?.[2]) / 1e9 - Date.now() / 1000) < 60, 'seconds and nanoseconds')
  t.not(first?.[3], second?.[3], 'each copy has a seed of its own')
})

void t.test('a word that does not come is an error that says what was heard', async (t) => {
  const path = await port(t, (_line, socket) => socket.write('ready\n'))
  using line = await WakeLine.open('node-1', path, onTime)
  const heard = line.heard('awake', 100)
  await t.rejects(heard, { code: 'LVSLAB_E_WAKE', message: 'node-1 did not wake up as a copy', seen: 'nothing' })
})
