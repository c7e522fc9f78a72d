import t from 'tap'
import { InfrastructureError, PrerequisiteError } from '../../../src/errors.ts'
import { run } from '../../../src/host/process.ts'
import { msUntil, runningProcesses } from './support/processes.ts'

const lasting = `601.${process.pid}`
const sleepers = (): number =>
  runningProcesses().filter(({ arguments: [name, time] }) => name === 'sleep' && time === lasting).length

void t.test('output and lines come back', async (t) => {
  const lines: string[] = []
  const script = 'echo out; echo one >&2; echo two >&2'
  const { stdout } = await run('sh', ['-c', script], { timeoutMs: 5_000, onLine: (line) => lines.push(line) })
  t.equal(stdout, 'out')
  t.strictSame(lines, ['one', 'two'])
})

void t.test('time being up ends the program and all that it started, at once', async (t) => {
  const script = `setsid sleep ${lasting} & sleep ${lasting} & sleep ${lasting}`
  const started = performance.now()
  await t.rejects(run('sh', ['-c', script], { timeoutMs: 300 }), {
    code: 'LVSLAB_E_PROGRAM_FAILED',
    message: 'sh took too long',
  })
  t.ok(performance.now() - started < 3_000, 'nobody waits for who holds the pipes')
  t.ok((await msUntil(() => sleepers() === 0, 1_000)) < 1_000)
})

void t.test('what a program leaves running when it ends is ended', async (t) => {
  const started = performance.now()
  const { stdout } = await run('sh', ['-c', `sleep ${lasting} & echo done`], { timeoutMs: 20_000 })
  t.equal(stdout, 'done')
  t.ok(performance.now() - started < 5_000)
  t.ok((await msUntil(() => sleepers() === 0, 1_000)) < 1_000)
})

void t.test('a failure carries the command and its last lines', async (t) => {
  const error = (await run('sh', ['-c', 'echo it broke >&2; exit 7'], { timeoutMs: 5_000 }).catch(
    (error: unknown) => error,
  )) as InfrastructureError
  t.type(error, InfrastructureError)
  t.equal(error.message, 'sh failed with 7')
  t.equal(error.seen, 'it broke')
  t.match(error.tried, /^sh -c/)
})

void t.test('a program that is not installed is a missing prerequisite', async (t) => {
  await t.rejects(run('lvslab-no-such-program', [], { timeoutMs: 5_000 }), PrerequisiteError)
})

void t.test("an ordinary user's path is extended by sbin", async (t) => {
  const { stdout } = await run('sh', ['-c', 'command -v depmod'], { timeoutMs: 5_000 })
  t.match(stdout, /depmod$/)
})
