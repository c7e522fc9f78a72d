/**
 * Every timer of a machine goes by its kernel's clock. Under emulation that goes by the host's time-stamp counter, whose
 * frequency a kernel cannot measure well while the host is busy: 12 of 100 boots had a clock that was many times too fast.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { counting } from '../../scripts/lib/busy.ts'
import { Lab } from '../../src/cluster/index.ts'
import { HOST_MEMORY } from '../../src/engine/vm/host-memory.ts'
import { hostSinceBoot, type Remembered } from '../../src/engine/vm/time-stamp-counter.ts'
import type { RunRecord } from '../../src/run/record.ts'
import { Home } from './support/home.ts'
import { proveOne } from './support/prove.ts'

t.setTimeout(0)

const { LVSLAB_HARNESS } = process.env

/** Busy processes beside the machines. */
const BUSY = 2
/** What they would live at most, ms. */
const LONGEST_MS = 300_000
const WATCHED_MS = 3_000

const directory = await mkdtemp(join(tmpdir(), 'lvslab-clock-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))

void t.test('machines that boot on a busy host keep the time', async (t) => {
  const lab = await Lab.open({ progress: (line) => t.comment(line) })
  await using cluster = await lab.boot('dr-vrrp', { evidenceDir: directory })
  const nodes = cluster.withRole('web')
  const busy = counting(BUSY, LONGEST_MS)
  try {
    await Promise.all(nodes.map(({ machine }) => machine.powerCut()))
    await Promise.all(nodes.map(({ machine }) => machine.powerOn()))
  } finally {
    for (const process of busy) process.kill('SIGKILL')
  }
  for (const node of nodes) {
    const read = async () => {
      const asked = cluster.clock.now()
      const uptimeMs = Number((await node.succeed('cat /proc/uptime')).split(' ')[0]) * 1000
      return { asked, uptimeMs, answered: cluster.clock.now() }
    }
    const first = await read()
    await pause(WATCHED_MS)
    const last = await read()
    const ownMs = last.uptimeMs - first.uptimeMs
    const [leastMs, mostMs] = [last.asked - first.answered, last.answered - first.asked]
    const seen = `${ownMs.toFixed(0)} ms by ${node.name}'s clock, ${leastMs.toFixed(0)} to ${mostMs.toFixed(0)} by ours`
    t.ok(ownMs >= 0.99 * leastMs - 10 && ownMs <= 1.01 * mostMs + 10, seen)
    const parameters = await node.succeed('cat /proc/cmdline')
    t.match(parameters, / tsc=reliable( tsc_early_khz=\d+)?$/, 'told, or under KVM')
  }
})

void t.test('a clock that goes too fast turns its claim red', async (t) => {
  const record = await proveOne('dr-vrrp', '004-2', { outDir: directory, sabotage: 'fast-clock' })
  t.equal(record.verdict, 'fail', record.reason ?? 'no reason')
  const clocks = record.assertions.find(({ text }) => text.includes("clock goes faster than the cluster's"))
  t.match(clocks, { ok: false, detail: /^keepalived: by its clock at least \d+ ms passed, in at most \d+ ms$/ })
  t.comment(clocks?.detail)
})

void t.test('so does one that was told a wrong frequency', { skip: LVSLAB_HARNESS !== 'full' }, async (t) => {
  await using home = await Home.create(['userland', 'kernel'])
  const path = join(home.cache, HOST_MEMORY.counter)
  const { kHz = 2_000_000 } = JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as Partial<Remembered>
  // A quarter of what it is: four of the machine's seconds pass in one.
  await writeFile(path, JSON.stringify({ host: await hostSinceBoot(), kHz: Math.round(kHz / 4) } satisfies Remembered))
  const out = join(home.out, 'run')
  const { exitCode, stderr } = await home.lvslab(['run', '004-2', '--out', out], {
    ...{ env: { LVSLAB_ACCEL: 'tcg' }, timeoutMs: 300_000 },
  })
  t.equal(exitCode, 1, stderr)
  const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord
  const clocks = record.claims[0]?.assertions?.find(({ text }) => text.includes("clock goes faster than the cluster's"))
  t.match(clocks, { ok: false, detail: /keepalived: by its clock at least \d+ ms passed, in at most \d+ ms/ })
  t.comment(clocks?.detail)
})
