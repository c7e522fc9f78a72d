import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { projectRoot } from '../../../src/host/paths.ts'

/** A checkout whose command is `main`, with npm's packages or without. */
function checkout(t: Test, main: string, installed = true): (...args: string[]) => ReturnType<typeof start> {
  const folder = t.testdir({ src: { cli: { 'main.ts': main } }, 'package.json': '{ "type": "module" }' })
  mkdirSync(join(folder, 'bin'))
  cpSync(join(projectRoot, 'bin/lvslab.js'), join(folder, 'bin/lvslab.js'))
  writeFileSync(join(folder, 'tsconfig.json'), '{}')
  if (installed) symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'))
  return (...args) => start(join(folder, 'bin/lvslab.js'), args)
}

function start(command: string, args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' })
}

void t.test('it runs the sources, hands over the arguments and returns the exit code', async (t) => {
  const lvslab = checkout(
    t,
    `export const main = async (args: string[]): Promise<number> => {
      console.log(process.title, ...args)
      return 5
    }`,
  )
  t.match(lvslab('run', '--json'), { status: 5, stdout: 'lvslab run --json\n' })
})

void t.test('without npm packages it says what to run', async (t) => {
  t.match(checkout(t, '', false)('run'), {
    status: 4,
    stdout: '',
    stderr: /^LVSLAB_E_NOT_SET_UP: .*\n.*\n {2}do: {5}run "npm start", or "bash scripts\/setup\.sh"/,
  })
})

void t.test('an error that nobody caught ends with its own exit code, or as an infrastructure fault', async (t) => {
  const coded = `export const main = () => { throw { exitCode: 2, describe: () => 'LVSLAB_E_X: told' } }`
  t.match(checkout(t, coded)(), { status: 2, stderr: 'LVSLAB_E_X: told\n' })
  t.match(checkout(t, `export const main = () => { throw new Error('plain') }`)(), {
    status: 3,
    stderr: /Error: plain/,
  })
})

void t.test('a handle that somebody forgot does not keep the terminal', async (t) => {
  const lvslab = checkout(t, `export const main = () => { setInterval(() => undefined, 1000); return 0 }`)
  const started = performance.now()
  t.equal(lvslab().status, 0)
  t.ok(performance.now() - started < 10_000)
})
