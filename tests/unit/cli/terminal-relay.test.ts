import t, { type Test } from 'tap'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { TerminalRelay } from '../../../src/engine/vm/terminal-relay.ts'
import { shortFolder } from './short-folder.ts'

const MARK = '\u001b]lvslab;secret;'

/** A relay between a stand-in for QEMU and a person. */
async function scene(t: Test) {
  const folder = await shortFolder(t)
  const server = createServer()
  server.listen(join(folder, 'q'))
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const relay = await TerminalRelay.open(join(folder, 'p'), join(folder, 'q'), MARK)
  const [machine] = await accepted
  t.teardown(() => {
    relay.close()
    server.close()
  })
  const welcome = async (): Promise<{ person: Socket; text: () => string; hungUp: Promise<unknown> }> => {
    const person = connect(relay.path)
    let text = ''
    person.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const hungUp = once(person, 'close')
    await once(person, 'connect')
    return { person, text: () => text, hungUp }
  }
  return { relay, machine, welcome }
}

void t.test('the mark ends it, and is not shown, however it is cut', async (t) => {
  for (const cut of [1, 5, MARK.length, MARK.length + 1]) {
    const { relay, machine, welcome } = await scene(t)
    const { text, hungUp } = await welcome()
    const all = `bye ${MARK}42\u0007`
    machine.write(all.slice(0, 4 + cut))
    await pause(20)
    machine.write(all.slice(4 + cut))
    await hungUp
    t.equal(text(), 'bye ')
    t.equal(await relay.ended, 42)
  }
})

void t.test('what came before anybody listened is kept', async (t) => {
  const { machine, welcome } = await scene(t)
  machine.write('prompt$ ')
  await pause(20)
  const { person, text } = await welcome()
  person.write('x')
  const [keys] = (await once(machine, 'data')) as [Buffer]
  t.equal(keys.toString(), 'x')
  await pause(20)
  t.equal(text(), 'prompt$ ')
})

void t.test('what only begins like the mark is shown', async (t) => {
  const { machine, welcome } = await scene(t)
  const { text } = await welcome()
  machine.write('\u001b]lvslab;sec')
  machine.write('\u001b]0;title\u0007')
  await pause(50)
  t.equal(text(), '\u001b]lvslab;sec\u001b]0;title\u0007')
})

void t.test('a second person is sent away', async (t) => {
  const { welcome } = await scene(t)
  await welcome()
  await (
    await welcome()
  ).hungUp
})

void t.test('it ends without a code when the machine or the person goes away', async (t) => {
  const first = await scene(t)
  const { hungUp } = await first.welcome()
  first.machine.destroy()
  await hungUp
  t.equal(await first.relay.ended, undefined)
  const second = await scene(t)
  const { person } = await second.welcome()
  person.destroy()
  t.equal(await second.relay.ended, undefined)
})
