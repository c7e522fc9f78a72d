import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/host/paths.ts'
import { until } from '../../harness/support/home.ts'

const SCRIPT = join(projectRoot, 'scripts', 'together.sh')

void t.test('command lines run at the same time, and each speaks in one piece, in its turn', async (t) => {
  const folder = t.testdir()
  // Each waits for the other's file: one after the other they would never end.
  const meet = (own: string, other: string): string =>
    `echo ${own} begins; touch ${own}; until [ -e ${other} ]; do sleep 0.05; done; echo ${own} ends >&2`
  const { status, stdout } = spawnSync('bash', [SCRIPT, meet('a', 'b'), meet('b', 'a')], {
    ...{ cwd: folder, encoding: 'utf8', timeout: 20_000 },
  })
  t.equal(stdout, 'a begins\na ends\nb begins\nb ends\n')
  t.equal(status, 0)
})

void t.test('one that fails is a failure, wherever it stands, and the others come to their end', async (t) => {
  for (const commands of [
    ['exit 7', 'echo it is done'],
    ['echo it is done', 'exit 7'],
  ]) {
    const { status, stdout } = spawnSync('bash', [SCRIPT, ...commands], { encoding: 'utf8', timeout: 20_000 })
    t.match({ status, stdout }, { status: 1, stdout: 'it is done\n' })
  }
})

void t.test('interrupted, it ends what it started', async (t) => {
  const folder = t.testdir()
  const child = spawn('bash', [SCRIPT, 'echo $$ >pid; exec sleep 60'], { cwd: folder })
  const exited = once(child, 'exit')
  const read = async (): Promise<string | undefined> =>
    (existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8').trim()) || undefined
  const pid = await until('the command', read, 5_000)
  child.kill('SIGINT')
  t.same(await exited, [130, null])
  await until('the end of the command', async () => !existsSync(`/proc/${pid}`) || undefined, 5_000)
})
