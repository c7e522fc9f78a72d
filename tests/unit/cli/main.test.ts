import t, { type Test } from 'tap'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { projectRoot } from '../../../src/host/paths.ts'
import { shortFolder } from './short-folder.ts'

/** Runs the command line as a person does, where no cluster is up. */
async function lvslab(t: Test, argv: string[], env: Record<string, string> = {}) {
  const folder = await shortFolder(t)
  // tap sets it, and node complains when both are set.
  const { FORCE_COLOR: _, ...inherited } = process.env
  return execa(process.execPath, [join(projectRoot, 'bin', 'lvslab.js'), ...argv], {
    cwd: folder,
    extendEnv: false,
    env: { ...inherited, XDG_RUNTIME_DIR: folder, XDG_CACHE_HOME: folder, NO_COLOR: '1', ...env },
    reject: false,
    timeout: 20_000,
    stdin: 'ignore',
  })
}

void t.test('--version and --help succeed', async (t) => {
  t.match(await lvslab(t, ['--version']), { exitCode: 0, stdout: /^\d+\.\d+\.\d+$/ })
  t.match(await lvslab(t, ['--help']), { exitCode: 0, stdout: /Examples:\n.*npx lvslab/ })
  t.match(await lvslab(t, ['exec', '--help']), { exitCode: 0, stdout: /124/ })
})

void t.test('nothing to do is a mistake, and shows what there is', async (t) => {
  t.match(await lvslab(t, []), { exitCode: 2, stdout: '', stderr: /Usage: lvslab/ })
})

void t.test('a mistyped command is answered with the nearest', async (t) => {
  t.match(await lvslab(t, ['statsu']), { exitCode: 2, stdout: '', stderr: /Did you mean status\?/ })
})

void t.test('a mistyped topology too', async (t) => {
  const result = await lvslab(t, ['up', 'dr-vrr'])
  t.match(result, { exitCode: 5, stdout: '', stderr: /^LVSLAB_E_TOPOLOGY_UNKNOWN.*\n[^]*did you mean "dr-vrrp"/ })
})

void t.test('commands about a cluster say how to get one', async (t) => {
  for (const argv of [['status'], ['exec', 'client', 'true'], ['shell', 'client'], ['heal'], ['down']]) {
    const result = await lvslab(t, argv)
    t.match(
      result,
      { exitCode: 2, stdout: '', stderr: /^LVSLAB_E_NOTHING_UP: no cluster is up\n.*npx lvslab up/ },
      argv.join(' '),
    )
  }
})

void t.test('down --all has nothing to do where nothing is up', async (t) => {
  t.match(await lvslab(t, ['down', '--all']), { exitCode: 0, stdout: 'nothing is up' })
})

void t.test('what a dead supervisor left behind is removed', async (t) => {
  const folder = await shortFolder(t)
  const left = join(folder, 'lvslab', 'old')
  await mkdir(left, { recursive: true, mode: 0o700 })
  const state = { schema: 'lvslab.up/1', name: 'old', topology: 'x', startedAt: '', evidence: '' }
  // This process's id, but it did not start at the beginning of time.
  await writeFile(join(left, 'state.json'), JSON.stringify({ ...state, pid: process.pid, startTicks: 1 }))
  const result = await lvslab(t, ['status'], { XDG_RUNTIME_DIR: folder })
  t.match(result, { exitCode: 2, stderr: /LVSLAB_E_NOTHING_UP/ })
  t.same(await readdir(join(folder, 'lvslab')), [])
})

void t.test('image ls of an empty cache, and fault --list, need no cluster', async (t) => {
  t.match(await lvslab(t, ['image', 'ls']), { exitCode: 0, stdout: /is empty/ })
  const json = await lvslab(t, ['image', 'ls', '--json'])
  t.match(JSON.parse(json.stdout), { schema: 'lvslab.images/1', images: { length: 0 } })
  t.match(await lvslab(t, ['fault', '--list']), { exitCode: 0, stdout: /^power-cut +NODE /m })
})

void t.test('a run record that is not there', async (t) => {
  t.match(await lvslab(t, ['report', 'nowhere']), { exitCode: 2, stderr: /^LVSLAB_E_RUN_NOT_FOUND/ })
})

void t.test('versions are given to nodes that there are, before anything is built', async (t) => {
  const pair = await lvslab(t, ['run', 'dr-vrrp', '--keepalived', 'mister=2.2.7,backup=2.3.3'])
  t.match(pair, { exitCode: 2, stdout: '', stderr: /^LVSLAB_E_NODE_UNKNOWN: dr-vrrp has no director "mister"\n/ })
  t.match(pair.stderr, 'there are: keepalived, keepalived-backup, master, backup, director\n')
  const none = await lvslab(t, ['run', 'nat-director', '--kernel', 'backup=6.12'])
  t.match(none, { exitCode: 2, stderr: /^LVSLAB_E_NODE_UNKNOWN: nat-director has no node "backup"\n/ })
  const up = await lvslab(t, ['up', 'dr-vrrp', '--keepalived', 'master='])
  t.match(up, { exitCode: 2, stderr: /^LVSLAB_E_WISH: "master" is given nothing/ })
})
