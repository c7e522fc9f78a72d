import t, { type Test } from 'tap'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ControlClient } from '../../../src/cli/control/client.ts'
import { choose } from '../../../src/cli/control/find-cluster.ts'
import { ControlServer, type Handlers } from '../../../src/cli/control/server.ts'
import { UsageError } from '../../../src/errors.ts'
import { shortFolder } from './short-folder.ts'
import { sample } from './sample-status.ts'

const never = new Promise<never>(() => undefined)
const handlers: Handlers = {
  status: async () => sample,
  exec: async ({ node, command }) => ({ node, exitCode: 3, stdout: command.join(' '), stderr: '', timedOut: false }),
  terminal: () => never,
  resize: async () => ({}),
  close: async () => ({}),
  kinds: async () => ({ kinds: [{ name: 'freeze' }, { name: 'panic', impossible: 'no kernels here' }] }),
  fault: async () => {
    throw new UsageError('LVSLAB_E_FAULT_UNKNOWN', 'no such fault', { seen: 'a\nb', todo: 'c', cause: new Error('d') })
  },
  heal: async (_params, { notice }) => {
    notice('healing f1')
    return { healed: [] }
  },
  down: async () => ({}),
}

async function pair(t: Test, over: Partial<Handlers> = {}): Promise<{ path: string; client: ControlClient }> {
  const path = join(await shortFolder(t), 'c')
  const server = await ControlServer.listen(path, { ...handlers, ...over })
  const client = await ControlClient.connect(path, 'x')
  t.teardown(() => {
    client[Symbol.dispose]()
    server.close()
  })
  return { path, client }
}

void t.test('answers go to who asked, in any order', async (t) => {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const { client } = await pair(t, {
    status: async () => {
      await held
      return sample
    },
  })
  const status = client.call('status', {}, { timeoutMs: 5_000 })
  const params = { node: 'n', command: ['a', 'b'], timeoutMs: 1 }
  t.match(await client.call('exec', params, { timeoutMs: 5_000 }), { exitCode: 3, stdout: 'a b' })
  release()
  t.match(await status, { name: 'dr-vrrp' })
})

void t.test('an error crosses with all that it says', async (t) => {
  const { client } = await pair(t)
  await t.rejects(client.call('fault', { kind: 'x', target: 'y' }, { timeoutMs: 5_000 }), {
    ...{ code: 'LVSLAB_E_FAULT_UNKNOWN', kind: 'usage', exitCode: 2, message: 'no such fault' },
    ...{ seen: 'a\nb\ncause: d', todo: 'c' },
  })
})

void t.test('an error that nobody foresaw is one of infrastructure', async (t) => {
  const { client } = await pair(t, { status: () => Promise.reject(new TypeError('oops')) })
  const call = client.call('status', {}, { timeoutMs: 5_000 })
  await t.rejects(call, { code: 'LVSLAB_E_SUPERVISOR', exitCode: 3, message: /oops/ })
})

void t.test('notices come before the answer', async (t) => {
  const { client } = await pair(t)
  const said: string[] = []
  await client.call('heal', {}, { timeoutMs: 5_000, onNotice: (line) => said.push(line) })
  t.same(said, ['healing f1'])
})

void t.test('no call waits for ever', async (t) => {
  const { client } = await pair(t)
  const size = { node: 'n', rows: 1, columns: 1, term: 'x' }
  const call = client.call('terminal', size, { timeoutMs: 50 })
  await t.rejects(call, { code: 'LVSLAB_E_SUPERVISOR_SILENT', seen: 'no answer within 0.05 s' })
})

void t.test('a supervisor that goes away ends every wait', async (t) => {
  const path = join(await shortFolder(t), 'c')
  const server = await ControlServer.listen(path, handlers)
  const client = await ControlClient.connect(path, 'x')
  const call = client.call('terminal', { node: 'n', rows: 1, columns: 1, term: 'x' }, { timeoutMs: 5_000 })
  server.close()
  await t.rejects(call, { code: 'LVSLAB_E_SUPERVISOR_SILENT' })
  await t.rejects(ControlClient.connect(path, 'x'), { code: 'LVSLAB_E_SUPERVISOR_SILENT' })
})

void t.test('requests that are none', async (t) => {
  const { path } = await pair(t)
  const ask = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = ''
      const socket = connect(path, () => socket.write(text))
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString()
        socket.destroy()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(answer))
    })
  t.equal(await ask('nonsense\n'), '')
  t.equal(await ask('{"method":"status"}\n'), '')
  t.match(await ask('{"id":1,"method":"toString","params":{}}\n'), /LVSLAB_E_METHOD_UNKNOWN/)
  t.match(await ask('{"id":1,"method":"exec","params":{"node":"x","command":[]}}\n'), /LVSLAB_E_REQUEST_INVALID/)
})

void t.test('hanging up is noticed', async (t) => {
  let noticed = (): void => undefined
  const gone = new Promise<void>((resolve) => (noticed = resolve))
  const { client } = await pair(t, {
    terminal: (_params, caller) => {
      caller.gone.addEventListener('abort', () => noticed())
      client[Symbol.dispose]()
      return never
    },
  })
  client.call('terminal', { node: 'n', rows: 1, columns: 1, term: 'x' }, { timeoutMs: 5_000 }).catch(() => undefined)
  await gone
})

void t.test('which cluster is meant', async (t) => {
  const of = (name: string) => ({
    ...{ schema: 'lvslab.up/1' as const, name, topology: name, pid: 1, startTicks: 1, startedAt: '', evidence: '' },
  })
  t.throws(() => choose([], undefined), { code: 'LVSLAB_E_NOTHING_UP' })
  t.equal(choose([of('a')], undefined).name, 'a')
  t.equal(choose([of('a'), of('b')], 'b').name, 'b')
  t.throws(() => choose([of('a'), of('b')], undefined), { code: 'LVSLAB_E_CLUSTER_AMBIGUOUS', seen: 'up: a, b' })
  t.throws(() => choose([of('dr-vrrp')], 'dr-vrp'), {
    code: 'LVSLAB_E_CLUSTER_UNKNOWN',
    todo: 'did you mean "dr-vrrp"?',
  })
})
