import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { msUntil, runningProcesses } from './support/processes.ts'

const doomed = fileURLToPath(new URL('support/doomed.ts', import.meta.url))

/** A figure of seconds that no other sleep(1) has, to know ours by. */
const lasting = `600.${process.pid}`
const sleepers = (): number =>
  runningProcesses().filter(({ arguments: [name, time] }) => name === 'sleep' && time === lasting).length
const reaperOf = (runner: number): number | undefined =>
  runningProcesses().find(({ parent, arguments: words }) => parent === runner && words.includes('lvslab-reaper'))?.pid

async function startDoomed(t: Test): Promise<{ pid: number; directories: string[]; kill: () => void }> {
  const runner = spawn(process.execPath, ['--import', 'tsx', doomed, lasting], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: t.testdir({}) },
  })
  const [line] = (await once(runner.stdout, 'data')) as [Buffer]
  const { directories } = JSON.parse(line.toString()) as { directories: string[] }
  return { pid: runner.pid!, directories, kill: () => void runner.kill('SIGKILL') }
}

void t.test('what a runner killed with SIGKILL held is gone within two seconds, and so is the reaper', async (t) => {
  const { pid, directories, kill } = await startDoomed(t)
  t.equal(directories.filter((path) => existsSync(path)).length, 2)
  t.ok((await msUntil(() => sleepers() === 3, 2_000)) < 2_000, 'the program, its child and its daemon run')
  const reaper = reaperOf(pid)
  t.ok(reaper, 'a reaper runs')

  kill()
  const goneMs = await msUntil(() => sleepers() === 0 && !directories.some((path) => existsSync(path)), 2_000)
  t.ok(goneMs < 2_000, `folders and processes are gone after ${Math.round(goneMs)} ms`)
  const endedMs = await msUntil(() => !runningProcesses().some((other) => other.pid === reaper), 2_000)
  t.ok(endedMs < 2_000, 'the reaper ended')
})

void t.test('what is forgotten stays', async (t) => {
  const kept = t.testdir({ kept: {} }) + '/kept'
  const script = `
    import { reaper } from ${JSON.stringify(new URL('../../../src/host/reaper.ts', import.meta.url).href)}
    reaper().keepWatchOver({ directory: ${JSON.stringify(kept)} })
    reaper().forget({ directory: ${JSON.stringify(kept)} })
    console.log('ready')
    setInterval(() => undefined, 1000)
  `
  const runner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(runner.stdout, 'data')
  const reaper = reaperOf(runner.pid!)
  runner.kill('SIGKILL')
  await msUntil(() => !runningProcesses().some((other) => other.pid === reaper), 2_000)
  t.ok(existsSync(kept))
})

void t.test('a name with blanks and wildcards is one name', async (t) => {
  const base = t.testdir({ neighbour: {} })
  const odd = `${base}/odd * name`
  mkdirSync(odd)
  writeFileSync(`${odd}/file`, '')
  const script = `
    import { reaper } from ${JSON.stringify(new URL('../../../src/host/reaper.ts', import.meta.url).href)}
    reaper().keepWatchOver({ directory: ${JSON.stringify(odd)} })
    console.log('ready')
    setInterval(() => undefined, 1000)
  `
  const runner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(runner.stdout, 'data')
  runner.kill('SIGKILL')
  t.ok((await msUntil(() => !existsSync(odd), 2_000)) < 2_000)
  t.ok(existsSync(`${base}/neighbour`))
})
