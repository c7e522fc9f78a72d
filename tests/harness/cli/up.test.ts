/** The commands of a person on real machines: each step has a deadline, and whatever happens nothing is left running. */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { execa, type Options } from 'execa'
import { statusSchema, type Status } from '../../../src/cli/control/status-schema.ts'
import { startTicks } from '../../../src/cli/supervisor/process-identity.ts'
import { projectRoot } from '../../../src/host/paths.ts'
import { Tmux } from './tmux.ts'

const LVSLAB = join(projectRoot, 'bin', 'lvslab.js')

// Sockets want short paths, and other clusters of this user must not be in the way.
const home = await mkdtemp('/tmp/lvslab-test-')
const { FORCE_COLOR: _, ...inherited } = process.env
const env = { ...inherited, XDG_RUNTIME_DIR: home, NO_COLOR: '1' }
const stateFolder = (name: string): string => join(home, 'lvslab', name)

function lvslab(argv: string[], timeout: number, more: Pick<Options, 'input'> = { input: '' }) {
  return execa(process.execPath, [LVSLAB, ...argv], {
    cwd: home,
    env,
    extendEnv: false,
    reject: false,
    timeout,
    ...more,
  })
}

async function status(cluster: string): Promise<Status> {
  const { stdout, stderr, exitCode } = await lvslab(['status', '--json', '--cluster', cluster], 20_000)
  if (exitCode !== 0) throw new Error(stderr)
  return statusSchema.parse(JSON.parse(stdout))
}

/** Asks until it is so. */
async function until<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`${what} was not so within ${timeoutMs} ms`)
    await pause(50)
  }
}

/** Everything of a supervisor that must go with it: its machines' processes and its private folder. */
async function belongings(pid: number): Promise<{ machines: number[]; scratch: string }> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number)
  const commands = await Promise.all(
    children.map((child) => readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')),
  )
  const machines = children.filter((_, index) => commands[index]?.includes('qemu-system'))
  const scratch = /\/[^\0,=]*\/lvslab-vm-[^\0,/]+/.exec(commands.join('\0'))?.[0] ?? ''
  return { machines, scratch }
}

/** What of it is still there; a zombie that nobody has waited for yet is gone. */
async function left({ machines, scratch }: { machines: number[]; scratch: string }, name: string): Promise<string[]> {
  const alive = await Promise.all(
    machines.map(async (pid) => ((await startTicks(pid)) === undefined ? [] : [String(pid)])),
  )
  return [...alive.flat(), ...[scratch, stateFolder(name)].filter((path) => existsSync(path))]
}

t.teardown(async () => {
  await lvslab(['down', '--all'], 60_000)
  await rm(home, { recursive: true, force: true })
})

async function up(t: Test, name: string): Promise<Status> {
  const { exitCode, stdout, stderr } = await lvslab(['up', 'dr-vrrp', '--name', name], 300_000)
  t.equal(exitCode, 0, stderr)
  t.match(stdout, /● VIP 192\.168\.88\.100/, 'it says who is master')
  return status(name)
}

void t.test('a cluster is up', async (t) => {
  const before = await up(t, 'one')
  t.same([...new Set(before.nodes.map(({ state }) => state))], ['running'])
  t.equal(before.vips[0]?.owners.length, 1)
  t.equal(before.vips[0]?.ownerByWire, before.vips[0]?.owners[0])
  t.ok(before.nodes.flatMap(({ services }) => services).every(({ active }) => active))
  t.ok((await readdir(before.evidence)).includes('supervisor.log'))
  t.ok(existsSync(before.captures[0]?.path ?? ''), 'its capture is where it says')

  await t.test('its name is taken', async (t) => {
    const again = await lvslab(['up', 'dr-vrrp', '--name', 'one'], 20_000)
    t.match(again, { exitCode: 2, stderr: /^LVSLAB_E_NAME_TAKEN/ })
  })

  await t.test('exec passes output and exit code through', async (t) => {
    t.match(await lvslab(['exec', 'client', '--', 'curl', '-s', '-m', '5', 'http://192.168.88.100/'], 20_000), {
      ...{ exitCode: 0, stdout: /^192\.168\.88\.1[01]/ },
    })
    const mixed = await lvslab(['exec', 'master', 'echo out; echo err >&2; exit 7'], 20_000)
    t.match(mixed, { exitCode: 7, stdout: 'out', stderr: 'err' })
    t.match(await lvslab(['exec', 'node-1', '--', 'no-such-program'], 20_000), { exitCode: 127 })
    t.match(await lvslab(['exec', '--timeout', '1', 'node-1', '--', 'sleep', '30'], 20_000), {
      ...{ exitCode: 124, stderr: /ended after 1 s/ },
    })
    t.match(await lvslab(['exec', '-i', 'node-1', '--', 'cat'], 20_000, { input: 'a\nb' }), { stdout: 'a\nb' })
    t.match(await lvslab(['exec', 'nobody', 'true'], 20_000), { exitCode: 2, stderr: /LVSLAB_E_NODE_UNKNOWN/ })
  })

  await t.test('commands can be piped into a shell', async (t) => {
    const result = await lvslab(['shell', 'node-2'], 30_000, { input: 'hostname\nexit 4\n' })
    t.match(result, { exitCode: 4, stdout: 'node-2' })
  })

  await t.test('a cable is pulled, and plugged in again', async (t) => {
    const fault = await lvslab(['fault', 'unplug', 'master'], 30_000)
    const master = before.vips[0]?.owners[0]
    t.match(fault, { exitCode: 0, stdout: new RegExp(`^f1 {2}unplug ${master}:eth1 at `) })
    t.match(await status('one'), { unplugged: [`${master}:eth1`], faults: [{ id: 'f1', kind: 'unplug' }] })
    const other = await until(
      'a takeover',
      async () => {
        const { ownerByWire } = (await status('one')).vips[0] ?? {}
        return ownerByWire === master ? undefined : ownerByWire
      },
      30_000,
    )
    t.not(other, master)
    t.match(await lvslab(['heal'], 30_000), { exitCode: 0, stdout: /^f1 {2}unplug .* healed after/ })
    t.match(await status('one'), { unplugged: { length: 0 }, faults: { length: 0 } })
  })

  await t.test('a frozen node is not waited for', async (t) => {
    t.match(await lvslab(['fault', 'freeze', 'node-1'], 30_000), { exitCode: 0 })
    const began = performance.now()
    t.equal((await status('one')).nodes.find(({ name }) => name === 'node-1')?.state, 'frozen')
    t.match(await lvslab(['exec', 'node-1', 'true'], 20_000), { exitCode: 3, stderr: /LVSLAB_E_NODE_FROZEN/ })
    t.ok(performance.now() - began < 15_000)
    t.match(await lvslab(['heal', 'f2'], 30_000), { exitCode: 0 })
    t.match(await lvslab(['exec', 'node-1', 'hostname'], 20_000), { exitCode: 0, stdout: 'node-1' })
  })

  await t.test('a second cluster stands beside it', async (t) => {
    const second = await up(t, 'two')
    t.match(await lvslab(['status'], 20_000), { exitCode: 2, stderr: /LVSLAB_E_CLUSTER_AMBIGUOUS/ })
    t.match(await lvslab(['exec', '--cluster', 'one', 'client', 'hostname'], 20_000), { stdout: 'client' })

    const its = await belongings(second.pid)
    t.equal(its.machines.length, 5)
    t.ok(existsSync(its.scratch))
    process.kill(second.pid, 'SIGKILL')
    const began = performance.now()
    await until('nothing left', async () => ((await left(its, 'two')).length === 0 ? true : undefined), 10_000)
    t.ok(performance.now() - began < 2_000, 'a supervisor that was killed takes everything along')
    t.match(await lvslab(['status'], 20_000), { exitCode: 0 }, 'and the other one stands')
  })

  await t.test('down takes everything away', async (t) => {
    const { pid } = await status('one')
    const its = await belongings(pid)
    t.match(await lvslab(['down'], 30_000), { exitCode: 0, stdout: /^one is down/ })
    t.same(await left(its, 'one'), [], 'at once')
    t.equal(await startTicks(pid), undefined)
    t.ok(existsSync(before.captures[0]?.path ?? ''), 'but for the evidence')
  })
})

void t.test('Ctrl-C while it comes up takes all down', async (t) => {
  const starting = lvslab(['up', 'dr-vrrp', '--name', 'three', '--cold'], 60_000)
  await until(
    'a supervisor',
    async () => (existsSync(join(stateFolder('three'), 'state.json')) ? true : undefined),
    20_000,
  )
  const { pid } = JSON.parse(await readFile(join(stateFolder('three'), 'state.json'), 'utf8')) as { pid: number }
  const its = await until(
    'machines',
    async () => {
      const found = await belongings(pid)
      return found.machines.length === 5 ? found : undefined
    },
    20_000,
  )
  t.match(await lvslab(['status', '--cluster', 'three'], 20_000), { exitCode: 3, stderr: /LVSLAB_E_NOT_UP/ })
  starting.kill('SIGINT')
  t.match(await starting, { exitCode: 130, stderr: /three is down/ })
  await until('nothing left', async () => ((await left(its, 'three')).length === 0 ? true : undefined), 5_000)
})

void t.test('a shell', { skip: Tmux.missing() }, async (t) => {
  await up(t, 'four')
  const command = `env XDG_RUNTIME_DIR=${home} ${process.execPath} ${LVSLAB} shell`
  using one = await Tmux.start(100, 30)
  one.type(`stty -a >${home}/before; ${command} node-1; echo "left with $?"; stty -a >${home}/after`)
  await one.until(/root@node-1:~# $/m)

  one.type('stty size; tty')
  await one.until(/^30 100$/m)
  await one.until(/^\/dev\/hvc\d$/m)
  one.resize(90, 25)
  one.type('until [ "$(stty size)" = "25 90" ]; do sleep 0.2; done; stty size')
  await one.until(/^25 90$/m)

  one.type('clear')
  one.type('sleep 1000')
  await pause(500)
  one.key('C-c')
  await one.until(/\^C\s+root@node-1:~# $/)

  await t.test('a second one at the same time', async () => {
    using two = await Tmux.start(80, 24)
    two.type(`${command} node-1; echo "left with $?"`)
    await two.until(/root@node-1:~# $/m)
    two.type('vi /tmp/text')
    await two.until(/^~$/m)
    two.key('i', 'abc')
    await two.until(/^abc$/m)
    two.key('C-]')
    await two.until(/hung up on node-1\s+left with 0/)
  })

  one.type('exit 5')
  await one.until(/left with 5/)
  const read = (name: string): Promise<string> => readFile(join(home, name), 'utf8')
  await until('the end', async () => (existsSync(join(home, 'after')) ? true : undefined), 5_000)
  const withoutSize = (text: string): string => text.replace(/rows \d+; columns \d+/, '')
  t.equal(withoutSize(await read('after')), withoutSize(await read('before')), 'the terminal is as it was')

  one.type(`clear; ${command} client; echo "left with $?"`)
  await one.until(/root@client:~# $/m)
  one.key('C-d')
  await one.until(/left with 0/)
  t.match(await lvslab(['exec', 'node-1', 'ps -o args= -t hvc0,hvc1'], 20_000), { stdout: '' }, 'nothing stays behind')
})
