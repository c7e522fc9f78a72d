/** What is wrong is said at once, with a code, what was tried and seen, and what to do; and nothing of it is left. */
import { existsSync } from 'node:fs'
import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RunRecord } from '../../src/run/record.ts'
import { topologiesFolder } from '../../src/topology/index.ts'
import { proveOne } from './support/prove.ts'
import { finish, Home, until, type Finished, type StartOptions } from './support/home.ts'

t.setTimeout(0)

/** Without a machine, an answer comes within this, ms. */
const AT_ONCE_MS = 15_000
/** With machines that have to be started first, ms. */
const WITH_MACHINES_MS = 90_000

interface Expected {
  readonly code: string
  readonly exitCode: number
  /** Of what was seen. */
  readonly says: RegExp
  readonly withinMs?: number
}

/** Holds what a command ended with against what it had to end with. */
function refused(t: Test, { exitCode, stdout, stderr, durationMs }: Finished, expected: Expected): void {
  const { withinMs = AT_ONCE_MS } = expected
  const message = stderr.slice(Math.max(0, stderr.lastIndexOf(`${expected.code}:`)))
  t.match(message, new RegExp(`^${expected.code}: \\S`), `the code; in all it said:\n${stderr}\n${stdout}`)
  for (const part of ['tried', 'saw', 'do']) t.match(message, new RegExp(`^  ${part}: +\\S`, 'm'), `"${part}" is there`)
  t.match(message, expected.says)
  t.equal(exitCode, expected.exitCode, 'exit code')
  t.ok(durationMs < withinMs, `it took ${(durationMs / 1000).toFixed(1)} s, under ${withinMs / 1000}`)
}

/** Runs a command in a home of its own, and checks that it leaves nothing. */
async function tryOut(
  t: Test,
  home: Home,
  argv: readonly string[],
  expected: Expected,
  options: StartOptions = {},
): Promise<void> {
  const timeoutMs = (expected.withinMs ?? AT_ONCE_MS) + 20_000
  refused(t, await home.lvslab(argv, { ...options, timeoutMs }), expected)
  t.same(await home.leftoversAfter(2_000), [], 'nothing is left')
}

for (const command of ['up', 'run']) {
  void t.test(`an unknown topology: ${command}`, async (t) => {
    await using home = await Home.create()
    const { exitCode, stderr, durationMs } = await home.lvslab([command, 'nosuch'], { timeoutMs: 20_000 })
    t.equal(exitCode, 5, stderr)
    t.match(stderr, /^LVSLAB_E_(TOPOLOGY_UNKNOWN|NOTHING_MATCHED): .*nosuch/m)
    t.match(stderr, /^ {2}saw: .*\n(.*\n)*? {2}do: /m)
    t.ok(durationMs < AT_ONCE_MS)
    t.same(await home.leftoversAfter(2_000), [], 'nothing is left')
  })
}

interface Mistake {
  readonly name: string
  readonly file?: string
  readonly from: string | RegExp
  readonly to: string
  readonly expected: Omit<Expected, 'exitCode'>
}

const mistakes: readonly Mistake[] = [
  {
    name: 'YAML that cannot be read',
    from: 'networks:\n',
    to: 'networks: [\n',
    expected: { code: 'LVSLAB_E_TOPOLOGY_YAML', says: /topology\.yaml:\d+/ },
  },
  {
    name: 'an address outside its network',
    from: '192.168.88.2/24',
    to: '192.168.89.2/24',
    expected: { code: 'LVSLAB_E_TOPOLOGY_ADDRESS', says: /192\.168\.89\.2 is outside its network lan/ },
  },
  {
    name: 'two nodes with one address',
    from: '192.168.88.2/24',
    to: '192.168.88.9/24',
    expected: { code: 'LVSLAB_E_TOPOLOGY_DUPLICATE', says: /192\.168\.88\.9/ },
  },
  {
    name: 'a configuration file that is not there',
    from: ': keepalived-backup.conf',
    to: ': keepalived-reserve.conf',
    expected: { code: 'LVSLAB_E_TOPOLOGY_CONFIG_FILE', says: /keepalived-reserve\.conf/ },
  },
  {
    name: 'a keepalived.conf that our reader cannot make sense of',
    file: 'keepalived.conf',
    from: 'advert_int 1 ',
    to: 'advert_int often ',
    expected: { code: 'LVSLAB_E_KEEPALIVED_CONF_VALUE', says: /keepalived\.conf:14/ },
  },
]
for (const { name, file = 'topology.yaml', from, to, expected } of mistakes) {
  void t.test(name, async (t) => {
    await using home = await Home.create()
    await tryOut(t, home, ['up', await spoilt(home, file, from, to)], { ...expected, exitCode: 2 })
  })
}

void t.test('a keepalived.conf that keepalived refuses', async (t) => {
  await using home = await Home.create(['userland', 'kernel', 'template'])
  const folder = await spoilt(home, 'keepalived-backup.conf', 'delay_loop 6 ', 'delay_lop 6 ')
  await tryOut(t, home, ['up', folder], {
    code: 'LVSLAB_E_KEEPALIVED_REFUSED',
    exitCode: 2,
    says: /keepalived-backup\.conf:31\) Unknown keyword 'delay_lop'/,
    withinMs: WITH_MACHINES_MS,
  })
})

void t.test('no space on the disk', async (t) => {
  await using home = await Home.create()
  const script = `mount -t tmpfs -o size=50m none '${home.cache}' && exec "$@"`
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  await tryOut(
    t,
    home,
    ['run', '004-2', '--out', join(home.out, 'run')],
    { code: 'LVSLAB_E_DISK_FULL', exitCode: 3, says: /\d+ MiB free, \d+ MiB needed/ },
    { within: ['unshare', ...asRoot, '--mount', 'sh', '-c', script, 'sh'] },
  )
})

void t.test('no mirror within reach', async (t) => {
  await using home = await Home.create()
  // Port 9 (discard) of this very host: refused at once, wherever this runs.
  await tryOut(
    t,
    home,
    ['run', '004-2', '--out', join(home.out, 'run')],
    { code: 'LVSLAB_E_MIRROR_UNREACHABLE', exitCode: 3, says: /127\.0\.0\.1/, withinMs: 20_000 },
    { env: { LVSLAB_MIRROR: 'http://127.0.0.1:9/debian' } },
  )
})

void t.test('a QEMU that is too old', async (t) => {
  await using home = await Home.create()
  const LVSLAB_QEMU = await program(home, 'qemu', 'echo "QEMU emulator version 5.2.0 (Debian 1:5.2+dfsg-11)"')
  await tryOut(
    t,
    home,
    ['run', '004-2', '--out', join(home.out, 'run')],
    { code: 'LVSLAB_E_QEMU_TOO_OLD', exitCode: 4, says: /version 5\.2\.0[^]*7\.2/ },
    { env: { LVSLAB_QEMU } },
  )
})

void t.test('machines that never come up', async (t) => {
  await using home = await Home.create(['userland', 'kernel'])
  // Without its initramfs the kernel finds no root file system.
  const LVSLAB_QEMU = await program(
    home,
    'qemu',
    `[ "$1" = --version ] && exec qemu-system-x86_64 --version
    count=$#
    while [ $count -gt 0 ]; do
      count=$((count - 1))
      if [ "$1" = -initrd ]; then shift 2; count=$((count - 1)); else set -- "$@" "$1"; shift; fi
    done
    exec qemu-system-x86_64 "$@"`,
  )
  await tryOut(
    t,
    home,
    ['up', 'dr-vrrp', '--cold'],
    {
      code: 'LVSLAB_E_BOOT',
      exitCode: 3,
      says: /the console's last lines:[^]*Kernel panic - not syncing: VFS: Unable to mount root fs/,
      withinMs: 60_000,
    },
    { env: { LVSLAB_QEMU } },
  )
})

// It says nothing, so this takes a while.
const { LVSLAB_HARNESS } = process.env
void t.test('a machine whose memory does not suffice', { skip: LVSLAB_HARNESS !== 'full' }, async (t) => {
  await using home = await Home.create(['userland', 'kernel'])
  const folder = await spoilt(home, 'topology.yaml', /^ {2}node-1:$/m, '  node-1:\n    memory: 64')
  await tryOut(t, home, ['up', folder, '--cold'], {
    code: 'LVSLAB_E_BOOT',
    exitCode: 3,
    says: /node-1 will not come up: 45 s of its own were not enough[^]*its console says nothing/,
    withinMs: 100_000,
  })
})

void t.test('a machine that dies in a claim', async (t) => {
  await using home = await Home.create(['userland', 'kernel', 'template', 'snapshot'])
  const out = join(home.out, 'run')
  const child = home.start(['run', '004-2', '004-7', '--out', out])
  const victim = await until(
    'node-1 of the first claim',
    async () => {
      const booted = existsSync(join(out, 'claims', '004-2', 'cluster', 'node-1.console.log'))
      const all = booted ? await home.processes() : new Map<number, string>()
      return [...all].find(([, command]) => /qemu-system.* -name node-1 /.test(command))?.[0]
    },
    180_000,
  )
  // In the middle of its wait for gratuitous ARP, which does not need this machine at all.
  await new Promise((resolve) => setTimeout(resolve, 6_000))
  process.kill(victim, 'SIGKILL')
  const { exitCode, stderr } = await finish(child, 120_000)
  t.equal(exitCode, 3, stderr)
  const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord
  const [hurt, next] = ['004-2', '004-7'].map((id) => record.claims.find((claim) => claim.id === id))
  t.match(hurt, { verdict: 'fail', code: 'LVSLAB_E_MACHINE_DOWN', errorKind: 'infrastructure' })
  t.match(hurt?.reason, /node-1 is not running[^]*QEMU ended: signal SIGKILL[^]*console/)
  t.match(next, { verdict: 'pass' }, 'the next claim is healthy')
  t.same(await home.leftoversAfter(2_000), [], 'nothing is left')
})

void t.test('a kernel that panics in a claim', async (t) => {
  await using home = await Home.create()
  const outDir = join(home.out, 'run')
  const record = await proveOne('dr-vrrp', '004-2', { outDir, sabotage: 'panic' })
  t.match(record, { verdict: 'fail', code: 'LVSLAB_E_MACHINE_DOWN', errorKind: 'infrastructure' })
  t.match(record.reason, /node-1 has crashed: Kernel panic[^]*the console's last lines:\n[^]*sysrq/)
  const labels = record.evidence.map(({ label }) => label)
  t.ok(labels.includes('node-2/ip.txt'), 'the others were asked')
  t.ok(labels.includes('node-1/not-collected.txt'), 'it could not be, and a note says so')
})

/** Document 004's topology with a mistake in one file. Answers its folder. */
async function spoilt(home: Home, file: string, from: string | RegExp, to: string): Promise<string> {
  const folder = join(home.path, 'topology')
  await cp(join(topologiesFolder(), 'dr-vrrp'), folder, { recursive: true })
  const before = await readFile(join(folder, file), 'utf8')
  const after = before.replace(from, to)
  if (after === before) throw new Error(`${file} has no ${String(from)}; there are ${(await readdir(folder)).join()}`)
  await writeFile(join(folder, file), after)
  return folder
}

async function program(home: Home, name: string, script: string): Promise<string> {
  const path = join(home.path, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}
