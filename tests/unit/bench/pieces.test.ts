import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { nextAt, phaseOf } from '../../../src/run/bench/blackout.ts'
import { cpuTimeIn } from '../../../src/host/cpu-time.ts'
import { FIGURES, FigureBook } from '../../../src/run/bench/figures.ts'
import { cableIn, checkStanding, parseStanding } from '../../../src/run/bench/impair-spec.ts'
import { inTurns, rotated } from '../../../src/run/bench/in-turns.ts'
import { librariesIn } from '../../../src/run/bench/load-tools.ts'
import { noiseOf } from '../../../src/run/bench/noise.ts'
import { FULL, QUICK, withRounds } from '../../../src/run/bench/plan.ts'
import { AGAIN } from '../../../src/run/bench/targets.ts'
import { parseWrk, wrkCommand } from '../../../src/run/bench/wrk.ts'
import { serverPlan, withServers } from '../../../src/run/bench/clusters.ts'
import { loadTopology } from '../../../src/topology/index.ts'

void t.test('every variant is measured once in a round, after a warm-up that does not count', async (t) => {
  const seen: string[] = []
  const variants = ['a', 'b', 'c'].map((name) => ({
    name,
    measure: async (counted: boolean) => void seen.push(`${name}${counted ? '' : ' warm'}`),
  }))
  const rounds = await inTurns(variants, { rounds: 3, least: 1, deadlineMs: Infinity, warmUp: true })
  t.equal(rounds, 3)
  t.strictSame(seen.slice(0, 3), ['a warm', 'b warm', 'c warm'])
  t.strictSame(seen.slice(3, 6), ['a', 'b', 'c'])
  t.strictSame(seen.slice(6).toSorted(), ['a', 'a', 'b', 'b', 'c', 'c'])
  t.not(seen.slice(6, 9).join(''), 'abc', 'the second round has another order')
})

void t.test('no round is begun that would end too late, but the least are made', async (t) => {
  const variant = { name: 'a', measure: async () => void 0 }
  const turns = { rounds: 9, warmUp: false, deadlineMs: performance.now() - 1 }
  t.equal(await inTurns([variant], { ...turns, least: 2 }), 2)
  const abort = new AbortController()
  abort.abort()
  t.equal(await inTurns([variant], { ...turns, least: 2, signal: abort.signal }), 0)
  const broken = { name: 'a', measure: () => Promise.reject(new Error('no answer')) }
  await t.rejects(inTurns([broken], { ...turns, least: 1 }), { message: 'no answer' })
})

void t.test('each variant gets each place', async (t) => {
  const orders = [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))
  t.strictSame(orders, ['abc', 'acb', 'cab', 'cba'])
  t.strictSame(rotated([], 1), [])
})

void t.test("wrk's report is read, and what is none is refused", async (t) => {
  const command = wrkCommand({ url: 'http://192.168.10.101/', connections: 16, seconds: 1, fresh: true })
  t.match(command, /--connections 16 --duration 1s .*--header 'Connection: close' 'http:\/\/192.168.10.101\/'$/)
  t.notMatch(wrkCommand({ url: 'u', connections: 2, seconds: 1 }), /close/)
  t.strictSame(parseWrk('Running 1s test\n@lvslab 1042060 813 2 16225 32213 71925 105393\n', command), {
    ...{ durationMs: 1042.06, requests: 813, errors: 2 },
    latencyMs: { p50: 16.225, p90: 32.213, p99: 71.925, p999: 105.393 },
  })
  t.throws(() => parseWrk('unable to connect to 192.168.10.101:80', command), {
    code: 'LVSLAB_E_BENCH',
    tried: command,
    seen: /unable to connect/,
  })
})

void t.test("the loader and the libraries are found in ldd's report", async (t) => {
  const report = [
    '\tlinux-vdso.so.1 (0x00007f19399c0000)',
    '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f1939828000)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f19399c2000)',
  ]
  t.strictSame(librariesIn(report.join('\n')), ['/lib/x86_64-linux-gnu/libm.so.6', '/lib64/ld-linux-x86-64.so.2'])
})

void t.test('a standing impairment names a cable of some cluster', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const one = parseStanding('node-1:delay=5ms')
  t.strictSame(one.spec, { delay: { ms: 5 } })
  t.equal(cableIn(topology, one), 'node-1:eth1')
  t.equal(cableIn(topology, parseStanding('node-1:eth7:loss=1%')), undefined)
  t.equal(cableIn(topology, parseStanding('web-1:loss=1%')), undefined)
  checkStanding([one], [topology])
  for (const text of ['node-1', 'node-1:delay', 'node-1:heat=5', ':delay=5ms']) {
    t.throws(() => parseStanding(text), { code: 'LVSLAB_E_IMPAIR' }, text)
  }
  t.throws(() => parseStanding('node-1:delay=often'), { code: 'LVSLAB_E_FAULT_TARGET' })
  t.throws(() => checkStanding([parseStanding('web-9:loss=1%')], [topology]), {
    code: 'LVSLAB_E_IMPAIR',
    seen: /node-1:eth1 \(dr-vrrp\)/,
  })
})

void t.test('noise: within a round by ratio, between boots by medians', async (t) => {
  const book = new FigureBook()
  const add = (variant: string, ...values: number[]): void => {
    for (const value of values) book.add({ section: 'forwarding', variant, figure: FIGURES.connections, value })
  }
  // The host became twice as fast between the boots: not noise of one round, but of two boots.
  add('DR', 100, 100, 200, 200)
  add(AGAIN, 101, 101, 202, 202)
  const [noise] = noiseOf(book, { forwarding: 2, servers: 0 })
  t.equal(noise?.name, 'new connections')
  t.ok(Math.abs((noise?.sameBoot ?? 0) - 0.01) < 1e-9)
  t.equal(noise?.twoBoots, 1)
  t.equal(noiseOf(book, { forwarding: 0, servers: 0 })[0]?.twoBoots, undefined)
})

void t.test('noise of failovers: one half of the repetitions against the other', async (t) => {
  const book = new FigureBook()
  const add = (value: number): void => book.add({ section: 'failover', variant: 'x', figure: FIGURES.blackout, value })
  ;[100, 110, 90, 150, 160, 140].forEach(add)
  t.strictSame(noiseOf(book, { forwarding: 0, servers: 0 }), [{ name: 'blackout', twoBoots: 0.5 }])
})

void t.test('what is no number is not kept, and intervals come from three values on', async (t) => {
  const book = new FigureBook()
  const add = (value: number): void => book.add({ section: 'health', variant: 'x', figure: FIGURES.removal, value })
  ;[1, NaN, 2].forEach(add)
  t.match(book.figures(), [{ samples: [1, 2], median: 1.5 }])
  t.equal(book.figures()[0]?.interval, undefined)
  add(9)
  t.strictSame(book.figures()[0]?.interval, { from: 1, to: 9 })
})

void t.test('CPU time is that of utime and stime, whatever the name', async (t) => {
  const stat = '4474 (qemu (a) b) S 1 1 1 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 5 0 100'
  t.equal(cpuTimeIn(stat), 3000)
  t.equal(cpuTimeIn(''), 0)
})

void t.test('real servers share machines in turns', async (t) => {
  const servers = serverPlan(['node-1', 'node-2'], '192.168.88', 3)
  t.strictSame(
    servers.map(({ node, address }) => `${node} ${address}`),
    ['node-1 192.168.88.128', 'node-2 192.168.88.129', 'node-1 192.168.88.130'],
  )
  const nodes = withServers((await loadTopology('dr-vrrp')).nodes, servers)
  const aliases = nodes.map(({ name, interfaces }) => `${name} ${interfaces[0]!.aliases.join(' ')}`.trim())
  t.ok(aliases.includes('node-1 192.168.88.128/24 192.168.88.130/24'))
  t.ok(aliases.includes('client'))
})

void t.test('faults strike at all phases of the advert interval, however many there are', async (t) => {
  for (const count of [7, 14, 20]) {
    const phases = Array.from({ length: count }, (_, repetition) => phaseOf(repetition)).toSorted((a, b) => a - b)
    const gaps = [...phases, 1].map((phase, index) => phase - (phases[index - 1] ?? 0))
    t.ok(Math.max(...gaps) < 2.5 / count, `${count}: the widest gap is ${Math.max(...gaps).toFixed(3)}`)
  }
  const at = (ms: number): ClusterTime => ms as ClusterTime
  t.equal(nextAt(at(5000), 0.25, at(5100)), 5250)
  t.equal(nextAt(at(5000), 0.25, at(5300)), 6250)
  t.equal(nextAt(at(5000), 0.25, at(7250)), 7250)
})

void t.test('the plans have what was asked for', async (t) => {
  t.ok(FULL.failover.least >= 20)
  t.strictSame(
    FULL.sizes.map(({ services, servers }) => `${services} ${servers}`),
    ['1 2', '10 2', '100 2', '1000 2', '1 1', '1 4', '1 16', '1 64'],
  )
  const seconds = (plan: typeof FULL): number =>
    plan.boots * (plan.forwarding.seconds + plan.servers.seconds) +
    [plan.schedulers, plan.tables, plan.connections, plan.failover, plan.failoverBySize, plan.health].reduce(
      (sum, part) => sum + part.seconds,
      0,
    )
  t.ok(seconds(FULL) < 20 * 60, `${seconds(FULL)} s`)
  t.ok(seconds(QUICK) < 3 * 60, `${seconds(QUICK)} s`)
  t.equal(withRounds(FULL, 9).forwarding.least, 5)
  t.equal(withRounds(FULL, undefined), FULL)
})
