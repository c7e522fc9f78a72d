/**
 * Many cycles of what people do, chosen at random: a cluster is booted, broken, mended and looked at; claims are proven on
 * sound and on broken clusters; runners and supervisors are killed without warning. Nothing may leak, no verdict be wrong.
 * LVSLAB_SOAK=100 says how many cycles; the full form of the harness tests runs a few.
 */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Status } from '../../src/cli/control/status-schema.ts'
import { finish, Home, pause, until } from './support/home.ts'
import { proveOne } from './support/prove.ts'
import { chosenSeed, seededRandom } from './support/random.ts'

t.setTimeout(0)

const cycles = Number(process.env['LVSLAB_SOAK'] ?? (process.env['LVSLAB_HARNESS'] === 'full' ? 5 : 0))
const seed = chosenSeed()
const random = seededRandom(seed)
const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!

const VIP = '192.168.88.100'
/** Longer than any claim needs to be over, ms. */
const LIMIT_MS = 240_000
const GONE_MS = 3_000
/** A takeover, a removal by a health checker and the way back of each, on a busy machine, ms. */
const SETTLED_MS = 90_000

/** What is struck, and whether the VIP must move. */
const FAULTS: readonly { readonly argv: readonly string[]; readonly moves: boolean }[] = [
  { argv: ['power-cut', 'master'], moves: true },
  { argv: ['unplug', 'master'], moves: true },
  { argv: ['freeze', 'master'], moves: true },
  { argv: ['stop-service', 'master:keepalived'], moves: true },
  { argv: ['partition', 'lan:master'], moves: true },
  { argv: ['one-way', 'master:eth1:in'], moves: true },
  { argv: ['power-cut', 'backup'], moves: false },
  { argv: ['kill-process', 'backup:keepalived:KILL'], moves: false },
  { argv: ['power-cut', 'node-1'], moves: false },
  { argv: ['stop-service', 'node-2:nginx'], moves: false },
  { argv: ['unplug', 'node-1'], moves: false },
  { argv: ['delay', 'client:eth1:5ms±2ms'], moves: false },
  { argv: ['loss', 'node-2:eth1:5%'], moves: false },
  { argv: ['duplicate', 'client:eth1:10%'], moves: false },
  { argv: ['hub', 'lan'], moves: false },
]

const SOUND: readonly string[] = ['004-3', '004-4', '004-7', '004-13']
const BROKEN: readonly { readonly id: string; readonly sabotage: string }[] = [
  { id: '004-7', sabotage: 'wrong-weight' },
  { id: '004-4', sabotage: 'late-takeover' },
  { id: '004-7', sabotage: 'arp-problem' },
  { id: '004-11', sabotage: 'two-masters' },
]

async function statusOf(home: Home): Promise<Status> {
  const { exitCode, stdout, stderr } = await home.lvslab(['status', '--json'], { timeoutMs: 60_000 })
  if (exitCode !== 0) throw new Error(`status: ${stderr}`)
  return JSON.parse(stdout) as Status
}

/** One owner, both directors with both servers, and requests served: what a sound cluster shows. */
async function whatIsAmiss(home: Home): Promise<string | undefined> {
  const { vips, tables } = await statusOf(home)
  const owners = vips[0]?.owners ?? []
  if (owners.length !== 1) return `owners: ${owners.join(', ') || 'none'}`
  for (const { node, services } of tables) {
    const servers = services[0]?.realServers.length ?? 0
    if (servers !== 2) return `${node} has ${servers} real servers`
  }
  const ask = `for i in 1 2 3 4 5 6; do curl -s -o /dev/null -m 3 -w '%{http_code} ' http://${VIP}/; done; :`
  const { stdout } = await home.lvslab(['exec', 'client', '--', 'sh', '-c', ask], { timeoutMs: 60_000 })
  return stdout.trim() === '200 200 200 200 200 200' ? undefined : `requests: ${stdout}`
}

async function becomesSound(t: Test, home: Home, when: string): Promise<void> {
  const deadline = performance.now() + SETTLED_MS
  for (;;) {
    const amiss = await whatIsAmiss(home)
    if (amiss === undefined) return void t.pass(`${when} all is well`)
    if (performance.now() > deadline) return void t.fail(`${when}: ${amiss}`)
    await pause(500)
  }
}

async function nothingLeft(t: Test, home: Home): Promise<void> {
  t.same(await home.leftoversAfter(GONE_MS), [], 'nothing is left')
}

async function breakAndMend(t: Test, home: Home): Promise<void> {
  const { argv, moves } = pick(FAULTS)
  const up = await home.lvslab(['up', 'dr-vrrp'], { timeoutMs: LIMIT_MS })
  t.equal(up.exitCode, 0, `up ${up.exitCode === 0 ? '' : up.stderr}`)
  const [before] = (await statusOf(home)).vips
  const fault = await home.lvslab(['fault', ...argv], { timeoutMs: 60_000 })
  t.equal(fault.exitCode, 0, `${argv.join(' ')} ${fault.exitCode === 0 ? '' : fault.stderr}`)
  if (moves) {
    const gone = async (): Promise<true | undefined> =>
      (await statusOf(home)).vips[0]?.ownerByWire === before?.ownerByWire ? undefined : true
    t.ok(await until('the VIP to move', gone, 30_000), 'the VIP moves')
  }
  const heal = await home.lvslab(['heal'], { timeoutMs: LIMIT_MS })
  t.equal(heal.exitCode, 0, `heal ${heal.exitCode === 0 ? '' : heal.stderr}`)
  await becomesSound(t, home, 'healed,')
  const down = await home.lvslab(['down'], { timeoutMs: 60_000 })
  t.equal(down.exitCode, 0, `down ${down.exitCode === 0 ? '' : down.stderr}`)
}

async function proveSound(t: Test, home: Home): Promise<void> {
  const id = pick(SOUND)
  const { exitCode, stdout } = await home.lvslab(['run', id, '--out', join(home.out, 'run')], { timeoutMs: LIMIT_MS })
  // Inconclusive is what a busy host makes of a claim about time.
  t.ok(
    exitCode === 0 || exitCode === 6,
    `${id} on a sound cluster: ${exitCode === 0 ? 'pass' : `${exitCode}\n${stdout}`}`,
  )
}

async function proveBroken(t: Test, home: Home): Promise<void> {
  const { id, sabotage } = pick(BROKEN)
  const { verdict, reason } = await proveOne('dr-vrrp', id, { outDir: join(home.out, 'broken'), sabotage })
  const right = verdict === 'fail' || (sabotage === 'late-takeover' && verdict === 'inconclusive')
  t.ok(right, `${id} with ${sabotage}: ${verdict} ${right ? '' : (reason ?? '')}`)
}

async function killRunner(t: Test, home: Home): Promise<void> {
  const child = home.start(['run', pick(SOUND), '--out', join(home.out, 'run')])
  const afterMs = random() * 15_000
  await pause(afterMs)
  child.kill('SIGKILL')
  await finish(child, 10_000)
  t.pass(`runner killed after ${afterMs.toFixed(0)} ms`)
}

async function killSupervisor(t: Test, home: Home): Promise<void> {
  const child = home.start(['up', 'dr-vrrp'])
  const afterMs = random() * 12_000
  await pause(afterMs)
  const holder = [...(await home.processes())].find(([, command]) => /supervisor/.test(command))?.[0]
  if (holder !== undefined) process.kill(holder, 'SIGKILL')
  const { stderr } = await finish(child, 60_000)
  t.pass(`supervisor ${holder === undefined ? 'not there yet' : 'killed'} after ${afterMs.toFixed(0)} ms`)
  if (holder === undefined) {
    const { exitCode } = await home.lvslab(['down', '--all'], { timeoutMs: 60_000 })
    t.ok(exitCode === 0 || exitCode === 5, `down --all: ${exitCode} ${stderr.slice(-200)}`)
  }
}

const KINDS = { breakAndMend, proveSound, proveBroken, killRunner, killSupervisor }
/** A person breaks and mends more often than she kills. */
const TURNS = [
  'breakAndMend',
  'breakAndMend',
  'breakAndMend',
  'proveSound',
  'proveBroken',
  'killRunner',
  'killSupervisor',
] as const

void t.test('cycles', { skip: cycles === 0 && 'LVSLAB_SOAK=100 runs a hundred' }, async (t) => {
  t.comment(`seed ${seed}: again with LVSLAB_SEED=${seed}`)
  await using home = await Home.create(['userland', 'kernel', 'template', 'snapshot'])
  for (let count = 1; count <= cycles; count++) {
    const kind = pick(TURNS)
    await t.test(`${count} of ${cycles}: ${kind}`, async (t) => {
      // A cycle that ended half-way must not fail the next ones, too.
      t.teardown(async () => {
        if (!t.passing()) await home.lvslab(['down', '--all'], { timeoutMs: LIMIT_MS })
      })
      await KINDS[kind](t, home)
      await nothingLeft(t, home)
    })
  }
})
