/**
 * Whatever happens to the harness while it works: a clear error with a code, the verdicts that there were are kept, no
 * wait without an end, and nothing is left behind. Killed runners are in kill.test.ts, bad input in bad-input.test.ts.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import type { ClaimRecord, RunRecord } from '../../src/run/record.ts'
import { finish, Home, pause, until, type EntryKind } from './support/home.ts'
import { chosenSeed, seededRandom } from './support/random.ts'

t.setTimeout(0)

const WARM: readonly EntryKind[] = ['userland', 'kernel', 'template', 'snapshot']
const full = process.env['LVSLAB_HARNESS'] === 'full'
const LONG = 'npm run test:harness runs it'
const seed = chosenSeed()
const random = seededRandom(seed)
t.comment(`seed ${seed}: again with LVSLAB_SEED=${seed}`)

async function recordIn(out: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord
}

function claimOf(record: RunRecord, id: string): ClaimRecord | undefined {
  return record.claims.find((claim) => claim.id === id)
}

async function leavesNothing(t: Test, home: Home): Promise<void> {
  t.same(await home.leftoversAfter(2_000), [], 'nothing is left')
}

/** A machine's QEMU, once the claim's client has asked for a page: a machine has a console before it is up. */
function machineOf(home: Home, out: string, claim: string, name: string): Promise<number> {
  return until(
    `${name} of claim ${claim}`,
    async () => {
      const captured = await readFile(join(out, 'claims', claim, 'cluster', 'lan.pcapng'), 'latin1').catch(() => '')
      const all = captured.includes('User-Agent: curl/') ? await home.processes() : new Map<number, string>()
      return [...all].find(([, command]) => command.includes(` -name ${name} `))?.[0]
    },
    180_000,
  )
}

void t.test('a QEMU that hangs', async (t) => {
  await using home = await Home.create(WARM)
  const out = join(home.out, 'run')
  const child = home.start(['run', '004-7', '004-13', '--out', out])
  const client = await machineOf(home, out, '004-7', 'client')
  process.kill(client, 'SIGSTOP')
  const { exitCode, stderr } = await finish(child, 180_000)
  t.equal(exitCode, 3, stderr)
  const record = await recordIn(out)
  t.match(claimOf(record, '004-7'), { verdict: 'fail', errorKind: 'infrastructure' })
  t.match(claimOf(record, '004-7')?.reason, /client does not answer|client did not come up/)
  t.match(claimOf(record, '004-13'), { verdict: 'pass' }, 'the next claim is healthy')
  await leavesNothing(t, home)
})

void t.test('a guest agent that is gone', { skip: !full && LONG }, async (t) => {
  await using home = await Home.create(WARM)
  const up = await home.lvslab(['up', 'dr-vrrp'], { timeoutMs: 120_000 })
  t.equal(up.exitCode, 0, up.stderr)
  // Stopped, not killed: its unit would start it again.
  const stop = ['exec', 'client', '--', 'sh', '-c', '(sleep 1; pkill -STOP -x qemu-ga) >/dev/null 2>&1 &']
  t.match(await home.lvslab(stop, { timeoutMs: 30_000 }), { exitCode: 0 })
  await pause(2_000)
  const lost = await home.lvslab(['exec', 'client', '--', 'true'], { timeoutMs: 60_000 })
  t.equal(lost.exitCode, 3, lost.stderr)
  t.match(lost.stderr, /LVSLAB_E_AGENT_UNANSWERED: client does not answer/)
  const other = await home.lvslab(['exec', 'node-1', '--', 'true'], { timeoutMs: 30_000 })
  t.equal(other.exitCode, 0, `the other machines can be reached: ${other.stderr}`)
  const status = await home.lvslab(['status'], { timeoutMs: 60_000 })
  t.equal(status.exitCode, 0, `the status can be asked for: ${status.stderr}`)
  t.equal((await home.lvslab(['down'], { timeoutMs: 60_000 })).exitCode, 0)
  await leavesNothing(t, home)
})

void t.test('a QEMU is killed at any moment', { skip: !full && LONG }, async (t) => {
  await using home = await Home.create(WARM)
  for (let count = 1; count <= 8; count++) {
    const out = join(home.out, `run-${count}`)
    const child = home.start(['run', '004-3', '--out', out])
    const ended = finish(child, 180_000)
    await until(
      'a machine',
      async () => [...(await home.processes()).values()].find((command) => /qemu-system.* -name /.test(command)),
      60_000,
    )
    const afterMs = random() * 12_000
    await pause(afterMs)
    const machines = [...(await home.processes())].filter(([, command]) => /qemu-system.* -name /.test(command))
    const [pid, command = ''] = machines[Math.floor(random() * machines.length)] ?? []
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    const { exitCode, stderr } = await ended
    const claim = claimOf(await recordIn(out), '004-3')
    const name = / -name (\S+)/.exec(command)?.[1] ?? 'none'
    t.comment(`${name} killed after ${afterMs.toFixed(0)} ms: ${claim?.verdict} ${claim?.code ?? ''}`)
    // Killed when all was measured already, or while its cluster was taken down: then it has passed.
    if (claim?.verdict === 'pass') t.equal(exitCode, 0, stderr)
    else {
      t.equal(exitCode, 3, stderr)
      t.match(claim, { verdict: 'fail', errorKind: 'infrastructure', code: /^LVSLAB_E_/ })
      t.match(claim?.reason, name === 'none' ? /./ : new RegExp(name))
    }
    await leavesNothing(t, home)
  }
})

void t.test('the disk for the evidence fills up', async (t) => {
  await using home = await Home.create(WARM)
  const out = join(home.out, 'run')
  await mkdir(out, { recursive: true })
  const copied = join(home.path, 'copied')
  // In a mount namespace of its own, so what is in it has to be copied out. Once a claim has ended, somebody fills it.
  const script = `
    mount -t tmpfs -o size=64m none '${out}'
    (until ls '${out}'/claims/*/claim.json >/dev/null 2>&1; do sleep 0.1; done; cat /dev/zero >'${out}/filler') 2>/dev/null &
    "$@"; code=$?; kill $! 2>/dev/null; rm -f '${out}/filler'; cp -r '${out}' '${copied}'; exit $code`
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const { exitCode, stderr, stdout } = await home.lvslab(['run', '004-13', '004-7', '004-3', '--out', out], {
    within: ['unshare', ...asRoot, '--mount', 'sh', '-c', script, 'sh'],
    timeoutMs: 300_000,
  })
  t.equal(exitCode, 3, stderr)
  const record = await recordIn(copied)
  const passed = record.claims.filter(({ verdict }) => verdict === 'pass')
  const others = record.claims.filter(({ verdict }) => verdict !== 'pass')
  t.ok(passed.length > 0, `${passed.length} verdicts from before are kept`)
  t.ok(others.length > 0, 'and some claims found the disk full')
  for (const claim of others) {
    t.match(
      claim,
      { verdict: 'fail', errorKind: 'infrastructure', code: /^LVSLAB_E_(DISK_FULL|FABRIC_CAPTURE)$/ },
      claim.reason ?? 'no reason',
    )
  }
  t.ok((await readdir(copied)).includes('report.html'), 'there is a report')
  t.match(stdout, /LVSLAB_E_(DISK_FULL|FABRIC_CAPTURE)/, 'the summary says why')
  await leavesNothing(t, home)
})

void t.test('a folder for the evidence without room is refused at once', async (t) => {
  await using home = await Home.create(WARM)
  const out = join(home.out, 'run')
  await mkdir(out, { recursive: true })
  const script = `mount -t tmpfs -o size=10m none '${out}' && exec "$@"`
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const { exitCode, stderr } = await home.lvslab(['run', '004-13', '--out', out], {
    within: ['unshare', ...asRoot, '--mount', 'sh', '-c', script, 'sh'],
    timeoutMs: 30_000,
  })
  t.equal(exitCode, 3, stderr)
  t.match(stderr, /LVSLAB_E_DISK_FULL: .*\n {2}tried: .*\n {2}saw: .*10 MiB are free\n {2}do: /)
  await leavesNothing(t, home)
})

void t.test('Ctrl-C twice', async (t) => {
  await using home = await Home.create(WARM)
  const out = join(home.out, 'run')
  const child = home.start(['run', '004-4', '--out', out])
  await machineOf(home, out, '004-4', 'client')
  child.kill('SIGINT')
  // Two that come at once are one.
  await pause(200)
  child.kill('SIGINT')
  const { exitCode, durationMs, stderr } = await finish(child, 20_000)
  t.equal(exitCode, 130, stderr)
  t.ok(durationMs < 2_000, `it ended after ${durationMs.toFixed(0)} ms`)
  await leavesNothing(t, home)
})

void t.test('the runner is killed: the verdicts so far are in the record', async (t) => {
  await using home = await Home.create(WARM)
  const out = join(home.out, 'run')
  const child = home.start(['run', '004-13', '004-4', '--out', out])
  await until(
    'the first verdict',
    async () => existsSync(join(out, 'claims', '004-13', 'claim.json')) || undefined,
    120_000,
  )
  await pause(2_000)
  child.kill('SIGKILL')
  await finish(child, 10_000)
  const record = await recordIn(out)
  t.equal(record.interrupted, true)
  t.match(claimOf(record, '004-13'), { verdict: 'pass' })
  await leavesNothing(t, home)
})

const cannot = existsSync('/usr/bin/tshark') ? !full && LONG : 'tshark is not installed'
void t.test('a capture is read while it is written', { skip: cannot }, async (t) => {
  await using home = await Home.create(WARM)
  const { exitCode, stderr } = await home.lvslab(['up', 'dr-vrrp'], { timeoutMs: 120_000 })
  t.equal(exitCode, 0, stderr)
  const [folder = ''] = await readdir(join(home.out, 'reports'))
  const capture = join(home.out, 'reports', folder, 'lan.pcapng')
  const load = home.start([
    'exec',
    'client',
    '--',
    'sh',
    '-c',
    'for i in $(seq 60); do curl -s http://192.168.88.100/; done',
  ])
  let before = 0
  for (let count = 0; count < 8; count++) {
    const { stdout, stderr } = await execa('tshark', ['-r', capture, '-T', 'fields', '-e', 'frame.number'], {
      timeout: 30_000,
      reject: false,
    })
    const frames = stdout.trim().split('\n').length
    t.ok(frames >= before && frames > 0, `${frames} frames, ${before} before`)
    // The last block may be half there; nothing else is amiss.
    t.match(stderr, /^(?!.*(corrupt|isn't a capture|malformed))/s)
    before = frames
  }
  await finish(load, 60_000)
  t.equal((await home.lvslab(['down'], { timeoutMs: 60_000 })).exitCode, 0)
  await leavesNothing(t, home)
})
