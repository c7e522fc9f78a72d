import type { Socket } from 'node:net'
import t from 'tap'
import { Agent } from '../../../src/engine/vm/agent.ts'
import { JsonLines } from '../../../src/engine/vm/json-lines.ts'
import { Qmp } from '../../../src/engine/vm/qmp.ts'
import { unixServer } from './support/unix-server.ts'

type Message = Record<string, unknown>

/** A server on a unix socket that answers each JSON line with what `reply` gives. */
function serve(
  t: { teardown: (done: () => void) => void },
  reply: (message: Message, socket: Socket) => string | Buffer | undefined,
  greeting = '',
): Promise<string> {
  return unixServer(t, (socket) => {
    socket.write(greeting)
    const lines = new JsonLines((message) => {
      const answer = reply(message, socket)
      if (answer !== undefined) socket.write(answer)
    })
    socket.on('data', (chunk: Buffer) => lines.push(chunk))
  })
}

const line = (message: Message): string => JSON.stringify(message) + '\n'

const syncAnswer = (message: Message): Buffer =>
  Buffer.from(`\xff${line({ return: (message['arguments'] as { id: number }).id })}`, 'latin1')

void t.test('JSON lines are found however they are cut, and noise is passed over', async (t) => {
  const bytes = Buffer.concat([Buffer.from('noise\n{"a":1}\n'), Buffer.from([0xff]), Buffer.from('{"b":"ü"}\n[1]\n')])
  for (let cut = 0; cut <= bytes.length; cut++) {
    const seen: Message[] = []
    const lines = new JsonLines((message) => seen.push(message))
    lines.push(bytes.subarray(0, cut))
    lines.push(bytes.subarray(cut))
    t.strictSame(seen.slice(0, 2), [{ a: 1 }, { b: 'ü' }])
  }
})

void t.test('QMP pairs answers with commands and hands events to listeners', async (t) => {
  const path = await serve(
    t,
    ({ execute, id }) => {
      if (execute === 'stop') return line({ event: 'STOP' }) + line({ return: {}, id })
      if (execute === 'bad') return line({ error: { class: 'GenericError', desc: 'no such thing' }, id })
      if (execute === 'die') return undefined
      return line({ return: { ok: execute }, id })
    },
    line({ QMP: {} }),
  )
  const qmp = await Qmp.connect(path)
  t.teardown(() => qmp.close())
  const events: string[] = []
  qmp.onEvent(({ event }) => events.push(event))
  t.strictSame(await Promise.all([qmp.execute('one'), qmp.execute('two')]), [{ ok: 'one' }, { ok: 'two' }])
  await qmp.execute('stop')
  t.strictSame(events, ['STOP'])
  await t.rejects(qmp.execute('bad'), { code: 'LVSLAB_E_QMP', seen: 'no such thing' })
  await t.rejects(qmp.execute('die', undefined, 50), { code: 'LVSLAB_E_QMP', seen: 'no answer within 50 ms' })
})

void t.test('QMP rejects what is under way when QEMU goes', async (t) => {
  const path = await serve(t, ({ execute, id }, socket) => {
    if (execute === 'qmp_capabilities') return line({ return: {}, id })
    socket.destroy()
    return undefined
  })
  const qmp = await Qmp.connect(path)
  await t.rejects(qmp.execute('cont'), { code: 'LVSLAB_E_QMP', seen: 'the connection to QEMU ended' })
  await t.rejects(qmp.execute('cont'), { code: 'LVSLAB_E_QMP' })
})

/** As the guest agent behaves: late to the first sync, stale answers first, commands that end at the third look. */
function agentReplies(looks: { count: number }) {
  let syncs = 0
  return (message: Message): string | Buffer | undefined => {
    const { execute } = message
    if (execute === 'guest-sync-delimited') {
      syncs += 1
      return syncs === 1 ? undefined : syncAnswer(message)
    }
    if (execute === 'guest-exec') return line({ return: { pid: 7 } })
    looks.count += 1
    if (looks.count < 3) return line({ return: { exited: false } })
    return line({ return: { exited: true, exitcode: 3, 'out-data': Buffer.from('out').toString('base64') } })
  }
}

void t.test('the agent is synchronised although it answers late, and a command is polled to its end', async (t) => {
  const looks = { count: 0 }
  const agent = new Agent('node-1', await serve(t, agentReplies(looks)))
  t.teardown(() => agent.close())
  await agent.open(5_000)
  t.match(await agent.exec('exit 3'), { exitCode: 3, stdout: 'out', stderr: '' })
  t.equal(looks.count, 3)
})

void t.test(
  'the agent is synchronised although every answer takes longer than the time between two requests',
  async (t) => {
    const path = await serve(t, (message, socket) => {
      if (message['execute'] === 'guest-sync-delimited') setTimeout(() => socket.write(syncAnswer(message)), 550)
      else return line({ return: { pid: 7, exited: true, exitcode: 0 } })
      return undefined
    })
    const agent = new Agent('node-1', path)
    t.teardown(() => agent.close())
    await agent.open(5_000)
    t.match(await agent.exec('true'), { exitCode: 0 })
  },
)

void t.test('an agent that stays silent is an error that says how long was waited', async (t) => {
  const agent = new Agent('node-1', await serve(t, () => undefined))
  t.teardown(() => agent.close())
  await t.rejects(agent.open(300), {
    code: 'LVSLAB_E_AGENT_SILENT',
    message: 'node-1 did not come up',
    tried: 'reach the guest agent of node-1 for 300 ms',
  })
})

void t.test('a command that takes too long is killed and reported', async (t) => {
  const commands: unknown[] = []
  const path = await serve(t, (message) => {
    commands.push([message['execute'], (message['arguments'] as { path?: string }).path])
    if (message['execute'] === 'guest-sync-delimited') return syncAnswer(message)
    return message['execute'] === 'guest-exec' ? line({ return: { pid: 7 } }) : line({ return: { exited: false } })
  })
  const agent = new Agent('node-1', path)
  t.teardown(() => agent.close())
  await agent.open(1_000)
  await t.rejects(agent.exec('sleep 100', { timeoutMs: 100 }), { code: 'LVSLAB_E_GUEST_TIMEOUT' })
  t.strictSame(commands.at(-1), ['guest-exec', '/bin/kill'])
})

void t.test('a machine that the host does not let run has longer, and three times longer at most', async (t) => {
  const path = await serve(t, (message) => {
    if (message['execute'] === 'guest-sync-delimited') return syncAnswer(message)
    return message['execute'] === 'guest-exec' ? line({ return: { pid: 7 } }) : line({ return: { exited: false } })
  })
  const began = performance.now()
  // All the time, it stands ready to run and does not.
  const agent = new Agent('node-1', path, () => Promise.resolve(performance.now() - began))
  t.teardown(() => agent.close())
  await agent.open(1_000)
  const started = performance.now()
  await t.rejects(agent.exec('sleep 100', { timeoutMs: 100 }), {
    code: 'LVSLAB_E_GUEST_TIMEOUT',
    undecided: /^the machines were late by \d+ ms, more than the 100 ms waited for it$/,
  })
  t.ok(performance.now() - started >= 400, `${performance.now() - started} ms`)
})

void t.test('an answer of a machine that the host does not let run is waited for longer', async (t) => {
  const path = await serve(t, (message, socket) => {
    if (message['execute'] === 'guest-sync-delimited') setTimeout(() => socket.write(syncAnswer(message)), 400)
    return undefined
  })
  const began = performance.now()
  const late = new Agent('node-1', path, () => Promise.resolve(performance.now() - began))
  t.teardown(() => late.close())
  await late.open(300)
  const idle = new Agent('node-1', path)
  t.teardown(() => idle.close())
  await t.rejects(idle.open(300), { code: 'LVSLAB_E_AGENT_SILENT' })
})
