import { spawnSync } from 'node:child_process'
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { projectRoot } from '../../../src/host/paths.ts'

interface Parts {
  readonly lint?: string
  readonly unit?: string
  /** Verdicts that the documents end with, and the exit code. */
  readonly verdicts?: readonly string[]
  readonly exitCode?: number
}

const passing = `import t from 'tap'\nvoid t.test('it holds', async (t) => t.ok(true))\n`
const failing = `import t from 'tap'\nvoid t.test('it does not hold', async (t) => t.equal(1, 2))\n`

/** Runs .ci/run in a clone whose tests and documents end as given. */
function ciRun(t: Test, { lint = 'true', unit = passing, verdicts = ['pass'], exitCode = 0 }: Parts): CiRun {
  const record = JSON.stringify({ claims: verdicts.map((verdict) => ({ verdict })) })
  const folder = t.testdir({
    'package.json': JSON.stringify({
      type: 'module',
      scripts: { test: 'bash scripts/test.sh', lint, typecheck: 'true' },
    }),
    tests: { unit: { 'one.test.ts': unit } },
    bin: {
      'lvslab.js': `import { mkdirSync, writeFileSync } from 'node:fs'
        const out = process.argv[process.argv.indexOf('--out') + 1]
        mkdirSync(out, { recursive: true })
        writeFileSync(out + '/run.json', ${JSON.stringify(record)})
        process.exitCode = ${exitCode}`,
    },
  })
  // With other settings tap would build itself anew, in the node_modules that this test runs from.
  for (const part of ['scripts', '.ci', '.taprc', 'tsconfig.json'])
    cpSync(join(projectRoot, part), join(folder, part), { recursive: true })
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'))
  // Not this test's own environment: tap in tap would talk to its parent.
  const { PATH = '', HOME = '' } = process.env
  const { status, stdout } = spawnSync('bash', ['.ci/run'], {
    cwd: folder,
    env: { PATH, HOME, CI: 'true' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) }
}

interface CiRun {
  readonly status: number | null
  readonly stdout: string
  readonly lastLine: string | undefined
}

void t.test('tests and claims are counted together in the last line', async (t) => {
  const { status, lastLine, stdout } = ciRun(t, { verdicts: ['pass', 'pass', 'skip'] })
  t.equal(lastLine, '3 passed, 0 failed, 1 skipped', stdout)
  t.equal(status, 0)
  t.match(stdout, /^== lint: passed in \d+ s$/m)
  t.match(stdout, /^== documents: passed in \d+ s$/m)
})

void t.test('a failed test is shown, and the documents run all the same', async (t) => {
  const { status, lastLine, stdout } = ciRun(t, { unit: failing, verdicts: ['pass', 'fail'], exitCode: 1 })
  t.equal(lastLine, '1 passed, 2 failed')
  t.equal(status, 1)
  t.match(stdout, /✖ tests\/unit\/one\.test\.ts > it does not hold/)
  t.match(stdout, '-2\n')
})

void t.test('a claim that stayed inconclusive fails the run', async (t) => {
  const { status, lastLine } = ciRun(t, { verdicts: ['pass', 'inconclusive'], exitCode: 6 })
  t.equal(lastLine, '2 passed, 1 failed')
  t.equal(status, 1)
})

void t.test('lint that fails ends the run before any machine boots', async (t) => {
  const { status, lastLine, stdout } = ciRun(t, { lint: 'echo unused variable; false' })
  t.equal(lastLine, '0 passed, 1 failed')
  t.equal(status, 1)
  t.notMatch(stdout, '== documents')
})
