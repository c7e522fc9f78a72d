import t from 'tap'
import type { WireEvent } from '../../../src/fabric/index.ts'
import {
  clocksKeepTime,
  kernelLogsClean,
  oneArpAnswerer,
  oneMasterAtATime,
  probesKeepTheirRhythm,
  removedServersGetNothing,
  sameProcesses,
  weight0GetsNothing,
} from '../../../src/verdict/index.ts'
import { parseReport } from '../../../src/verdict/invariants/node-report.ts'
import { advertEvent, arpEvent, ms, say } from '../fabric/support/scene.ts'
import { type Inspected, inspected } from './support/inspected.ts'
import { VIP, watched } from './support/watched.ts'

const DIRECTOR = '192.168.88.8'
const [FIRST, SECOND] = ['192.168.88.10', '192.168.88.11']

/** A health check of dr-vrrp's: asked, answered with a status or refused. */
function check(at: number, server: string, answer: '200' | '503' | 'refused' = '200', from = DIRECTOR): WireEvent[] {
  const [out, back] = [`${from}:${at} > ${server}:80`, `${server}:80 > ${from}:${at}`]
  const hop = { cable: 'keepalived:eth1', srcMac: 'd', dstMac: 's' } as const
  const other = { cable: 'node-1:eth1', srcMac: 's', dstMac: 'd' } as const
  const seq = { seq: at }
  if (answer === 'refused') return [say(at, hop, out, 'S', seq), say(at + 1, other, back, 'RA')]
  return [
    say(at, hop, out, 'S', seq),
    say(at + 1, other, back, 'SA'),
    say(at + 10, other, back, 'A', { http: `HTTP/1.1 ${answer} X` }),
  ]
}

/** Checks of both servers by both directors, each at its own times; those that are not named are in order. */
function checks(times: Readonly<Record<string, readonly number[]>>): WireEvent[] {
  const all = [DIRECTOR, '192.168.88.9'].flatMap((director) =>
    [FIRST, SECOND].map((server) => [director, server] as const),
  )
  return all.flatMap(([director, server], index) => {
    const regular = Array.from({ length: 5 }, (_, n) => 1000 + index * 10 + n * 6011)
    return (times[`${director} ${server}`] ?? regular).flatMap((at) => check(at, server, '200', director))
  })
}

/** Both daemons run when the watch begins. */
const before = {
  keepalived: { processes: [{ pid: 7, program: 'keepalived' }] },
  'keepalived-backup': { processes: [{ pid: 7, program: 'keepalived' }] },
}

const run = (cluster: Inspected, times: Readonly<Record<string, readonly number[]>>, untilMs = 30_000) =>
  cluster.inspect(probesKeepTheirRhythm, { events: checks(times), untilMs, before })

void t.test('probes every delay_loop, after the end of the one before, are right', async (t) => {
  t.match(await run(await inspected(), {}), {
    violations: { length: 0 },
    undecided: { length: 0 },
    excused: { length: 0 },
    seen: '20 probes',
  })
})

void t.test('one that comes too late, or too early, is told', async (t) => {
  const late = await run(await inspected(), { [`${DIRECTOR} ${FIRST}`]: [1000, 7011, 14_000, 20_011, 26_022] })
  t.match(late.violations, [/HTTP_GET of 192\.168\.88\.10:80 by keepalived came 6989 ms after.*expected 5945\.\.6160/])
  const early = await run(await inspected(), { [`${DIRECTOR} ${FIRST}`]: [1000, 7011, 9000, 15_011, 21_022, 27_033] })
  t.match(early.violations, [/came 1989 ms after/])
})

void t.test('what the machine’s lateness explains is undecided', async (t) => {
  const times = { [`${DIRECTOR} ${FIRST}`]: [1000, 7011, 14_000, 20_011, 26_022] }
  t.match(await run(await inspected({ lateMs: 900 }), times), {
    violations: { length: 0 },
    undecided: [/came 6989 ms after/],
  })
  t.match((await run(await inspected({ lateMs: 20 }), times)).violations.length, 1, 'more than that is not')
})

void t.test('before 2.3.2 a close that nobody acknowledges blocks the checker for 5 s', async (t) => {
  const times = { [`${DIRECTOR} ${FIRST}`]: [1000, 7011, 14_000, 20_011, 26_022] }
  const fin = (at: number) =>
    say(at, { cable: 'keepalived:eth1', srcMac: 'd', dstMac: 's' }, `${DIRECTOR}:7 > ${SECOND}:80`, 'FA', { seq: 9 })
  const once = await inspected()
  t.equal(
    (await once.inspect(probesKeepTheirRhythm, { events: [...checks(times), fin(8000)], untilMs: 30_000 })).violations
      .length,
    1,
  )
  const again = await inspected()
  const look = await again.inspect(probesKeepTheirRhythm, {
    events: [...checks(times), fin(8000), fin(8200)],
    untilMs: 30_000,
  })
  t.match(look, {
    violations: { length: 0 },
    undecided: { length: 0 },
    excused: [/came 6989 ms after.*blocks this checker.*layer4/],
  })
})

void t.test('a checker that falls silent, or never speaks, is told', async (t) => {
  const silent = await run(await inspected(), { [`${DIRECTOR} ${FIRST}`]: [1000, 7011] })
  t.match(silent.violations, [/no HTTP_GET of 192\.168\.88\.10 by keepalived for 22989 ms/])
  const never = await run(await inspected(), { [`${DIRECTOR} ${FIRST}`]: [] })
  t.match(never.violations, [/no HTTP_GET of 192\.168\.88\.10 by keepalived for 30000 ms/])
  const stopped = await (await inspected()).inspect(probesKeepTheirRhythm, { events: [], untilMs: 30_000 })
  t.match(stopped, { violations: { length: 0 }, seen: '0 probes' }, 'but not one that did not run')
})

void t.test('after a failure the retry may come by delay_before_retry, and later ones are not judged', async (t) => {
  const cluster = await inspected()
  const failing = [1000, 4000, 10_100, 22_000].flatMap((at) => check(at, FIRST, 'refused'))
  const events = [...checks({ [`${DIRECTOR} ${FIRST}`]: [] }), ...failing]
  t.match(await cluster.inspect(probesKeepTheirRhythm, { events, untilMs: 30_000 }), { violations: { length: 0 } })
  const hasty = await inspected()
  const soon = [1000, 2000].flatMap((at) => check(at, FIRST, '503'))
  const found = await hasty.inspect(probesKeepTheirRhythm, {
    events: [...checks({ [`${DIRECTOR} ${FIRST}`]: [] }), ...soon],
    untilMs: 30_000,
  })
  t.match(found.violations, [/came 1000 ms after the one before, expected not before 2945 ms/])
})

void t.test('an answer that comes when the director has closed is a failure for it', async (t) => {
  const hop = { cable: 'keepalived:eth1', srcMac: 'd', dstMac: 's' } as const
  const [syn, accepted, answer, ...rest] = check(7011, FIRST)
  const closed = say(8100, hop, `${DIRECTOR}:7011 > ${FIRST}:80`, 'FA', { seq: 9 })
  const tooLate = { ...answer!, at: ms(8500) }
  t.same(rest, [])
  const regular = (until: number): WireEvent[] => checks({ [`${DIRECTOR} ${FIRST}`]: [1000, until, until + 6011] })
  const events = [...regular(11_100), syn!, accepted!, closed, tooLate].sort((a, b) => a.at - b.at)
  const look = await (await inspected()).inspect(probesKeepTheirRhythm, { events, untilMs: 18_000 })
  t.match(
    look,
    { violations: { length: 0 }, undecided: { length: 0 } },
    'the retry 4.1 s after it began is no sooner than delay_before_retry',
  )
})

const BROADCAST = 'ff:ff:ff:ff:ff:ff'

/** The director asks everybody for the first server's address, or is answered. */
const arpOf = (at: number, operation: 'request' | 'reply', dstMac = BROADCAST): WireEvent => {
  const [senderIp, targetIp] = operation === 'request' ? [DIRECTOR, FIRST] : [FIRST, DIRECTOR]
  return { ...arpEvent(at, '1', { operation, senderIp, targetIp, gratuitous: false, senderMac: 'x' }), dstMac }
}

void t.test(
  'a probe whose first packet waited for the server’s address may have begun when that was asked for',
  async (t) => {
    const regular = checks({ [`${DIRECTOR} ${FIRST}`]: [] })
    const [syn] = check(9_040, FIRST)
    const mac = (await inspected()).macOf('keepalived')
    const hop = { cable: 'keepalived:eth1', srcMac: 'd', dstMac: 's' } as const
    const givenUp = say(9_041, hop, `${DIRECTOR}:9040 > ${FIRST}:80`, 'RA', { seq: 9 })
    const asked = [7_000, 8_010, 9_030].map((at) => arpOf(at, 'request'))
    const later = [11_050, 17_061, 23_072].flatMap((at) => check(at, FIRST))
    const told = (...arps: WireEvent[]) =>
      [...regular, ...check(1000, FIRST, 'refused'), ...arps, syn!, givenUp, ...later].sort((a, b) => a.at - b.at)
    const look = async (events: WireEvent[]) =>
      (await inspected()).inspect(probesKeepTheirRhythm, { events, untilMs: 29_000 })
    t.match(await look(told(...asked, arpOf(9_038, 'reply', mac))), {
      violations: { length: 0 },
      undecided: { length: 0 },
    })
    t.match((await look(told())).violations, [/came 2010 ms after the one before, expected not before 2945/])
    t.match(
      (await look(told(arpOf(5_000, 'request'), arpOf(9_030, 'request'), arpOf(9_038, 'reply', mac)))).violations,
      [/came 2010 ms after/],
      'not longer than the kernel lets it wait',
    )
    t.match(
      (await look(told(...asked, arpOf(8_800, 'reply', mac)))).violations.length,
      1,
      'nor where it went long after the answer',
    )
    t.match((await look(told(...asked, arpOf(9_038, 'reply', 'x')))).violations.length, 1, 'nor after one to another')
    // Seen in 004-5: the two questions before this one were asked into a pulled cable.
    const plugged = (at: number): WireEvent => ({
      ...{ type: 'cable', at: ms(at), network: 'lan', cable: 'keepalived:eth1', change: 'plugged' },
    })
    const last = [arpOf(9_030, 'request'), arpOf(9_038, 'reply', mac)]
    t.match((await look(told(plugged(8_900), ...last))).violations.length, 0)
    t.match((await look(told(plugged(5_000), ...last))).violations, [/came 2010 ms after/], 'of one long back nothing')
  },
)

void t.test('what was done to the director meanwhile excuses a gap', async (t) => {
  const cluster = await inspected()
  cluster.clock.time = 12_000
  await cluster.cluster.node('keepalived').run('systemctl restart keepalived')
  const look = await run(cluster, { [`${DIRECTOR} ${FIRST}`]: [1000, 7011, 14_500, 20_511, 26_522] })
  t.match(look, { violations: { length: 0 }, excused: [/came 7489 ms after/] })
  const other = await inspected()
  other.clock.time = 12_000
  await other.cluster.node('keepalived').run('systemctl is-active keepalived')
  t.equal(
    (await run(other, { [`${DIRECTOR} ${FIRST}`]: [1000, 7011, 19_500, 25_511] })).violations.length,
    1,
    'looking does not',
  )
})

const removed = (latest: number, back?: number) => ({
  keepalived: {
    tableChanges: [
      {
        ...{ earliest: ms(latest - 100), latest: ms(latest), change: 'removed' as const, text: '' },
        ...{ server: { address: FIRST, port: 80 }, service: { address: '192.168.88.100', port: 80 } },
      },
      ...(back === undefined
        ? []
        : [{ earliest: ms(back), latest: ms(back + 100), change: 'restart' as const, text: 'Reloading' }]),
    ],
  },
})

/** A client's SYN, and how it was forwarded to a server. */
function request(at: number, { macOf }: Inspected, server = 'node-1', by = 'keepalived'): WireEvent[] {
  const ends = `192.168.88.2:${at} > 192.168.88.100:80`
  const seq = { seq: at }
  return [
    say(at, { cable: 'client:eth1', srcMac: 'c', dstMac: macOf(by) }, ends, 'S', seq),
    say(at + 1, { cable: `${by}:eth1`, srcMac: macOf(by), dstMac: macOf(server) }, ends, 'S', seq),
  ]
}

void t.test('a request that reaches a server after its removal is told', async (t) => {
  const cluster = await inspected()
  const events = [request(4000, cluster), request(5020, cluster), request(6000, cluster, 'node-2')].flat()
  const right = await cluster.inspect(removedServersGetNothing, { events, after: removed(5000) })
  t.match(
    right,
    { violations: { length: 0 }, seen: '1 removals' },
    'before it, at the very moment, or to another server',
  )
  const bad = await inspected()
  const look = await bad.inspect(removedServersGetNothing, { events: request(7000, bad), after: removed(5000) })
  t.match(look.violations, [/7\.000 s: 192\.168\.88\.2:7000 was sent to 192\.168\.88\.10:80, removed by keepalived/])
})

void t.test('not after keepalived may have taken it back, nor by another director', async (t) => {
  const cluster = await inspected()
  const events = [...request(9500, cluster), ...request(7000, cluster, 'node-1', 'keepalived-backup')]
  t.match(await cluster.inspect(removedServersGetNothing, { events, after: removed(5000, 9000) }), {
    violations: { length: 0 },
  })
})

void t.test(
  'a stray that lateness explains is undecided; one of a guest whose clock stood still is not judged',
  async (t) => {
    const late = await inspected({ lateMs: 500 })
    const look = await late.inspect(removedServersGetNothing, { events: request(5300, late), after: removed(5000) })
    t.match(look, { violations: { length: 0 }, undecided: [/5\.300 s/] })
    const frozen = await inspected()
    frozen.clock.time = 3000
    await frozen.cluster.node('keepalived').machine.freeze()
    const none = await frozen.inspect(removedServersGetNothing, { events: request(7000, frozen), after: removed(5000) })
    t.match(none, { violations: { length: 0 }, seen: '0 removals' })
  },
)

void t.test('weight 0: not one connection', async (t) => {
  const cluster = await inspected()
  const services = cluster.cluster.topology.virtualServices as unknown as { realServers: { weight: number }[] }[]
  services[0]!.realServers[0]!.weight = 0
  cluster.cluster.wire.append([...request(10, cluster), ...request(20, cluster, 'node-2')])
  t.match(weight0GetsNothing.violations(cluster.cluster, ms(0), ms(100)), [/10:80, of weight 0/])
})

const process = (pid: number) => ({ pid, program: 'keepalived' })

void t.test('a process that is gone is told, unless something was done to its machine', async (t) => {
  const reports = {
    before: { keepalived: { processes: [process(7), process(8)] } },
    after: { keepalived: { processes: [process(7), process(9)] } },
  }
  const cluster = await inspected()
  const look = await cluster.inspect(sameProcesses, reports)
  t.match(look, { violations: ['keepalived: keepalived (pid 8) no longer runs'], seen: '2 processes' })
  const struck = await inspected()
  await struck.cluster.node('keepalived').run("pkill -KILL -x 'keepalived'")
  t.match(await struck.inspect(sameProcesses, reports), { violations: { length: 0 }, excused: [/pid 8.*pkill -KILL/] })
  const reboot = await (
    await inspected()
  ).inspect(sameProcesses, { before: reports.before, after: { keepalived: { bootId: 'b' } } })
  t.match(reboot.violations, ['keepalived has booted again'])
})

void t.test('what a kernel in trouble says is told, from its log and from its console', async (t) => {
  const console =
    t.testdir({ log: 'Booting\n[ 12.3] BUG: kernel NULL pointer dereference, address: 0\nlogin:\n' }) + '/log'
  const cluster = await inspected({ consolePath: console })
  const look = await cluster.inspect(kernelLogsClean, { after: { client: { kernelComplaints: ['[1] Oops: 0002'] } } })
  t.match(look.violations.slice(0, 2), ['client: [1] Oops: 0002', /^client: \[ 12\.3\] BUG: kernel NULL/])
  t.match(await (await inspected()).inspect(kernelLogsClean, {}), { violations: { length: 0 } })
  const stall = { client: { kernelComplaints: ['rcu: INFO: rcu_sched self-detected stall on CPU'] } }
  t.match(await (await inspected()).inspect(kernelLogsClean, { after: stall }), { violations: { length: 1 } })
  const starved = await inspected({ lateMs: 30_000 })
  t.match(await starved.inspect(kernelLogsClean, { after: stall }), {
    violations: { length: 0 },
    undecided: [/self-detected/],
  })
})

void t.test('a clock that goes too fast is told; one that stood still is not', async (t) => {
  const cluster = await inspected()
  const booted = (earliestMs: number, latestMs: number) => ({
    clock: { earliestMs, latestMs, atMostMs: 310 },
  })
  const look = (before: number, after: number, untilMs = 60_000) =>
    cluster.inspect(clocksKeepTime, {
      ...{ untilMs, before: { keepalived: booted(before - 50, before) } },
      after: { keepalived: booted(after - 50, after) },
    })
  t.match(await look(-5_000, -5_000), { violations: { length: 0 }, seen: '1 machines' })
  t.match(await look(-5_000, -5_600), { violations: { length: 0 } }, 'within 1 %')
  t.match((await look(-5_000, -5_700)).violations, [/^keepalived: .* at least 60650 ms passed, in at most 60000 ms/])
  t.match(await look(-5_000, 15_000), { violations: { length: 0 } }, 'it was frozen')

  const again = (ownMs: number) => ({
    before: { keepalived: booted(-5_000, -4_950) },
    after: {
      keepalived: { bootId: 'b', clock: { earliestMs: -600_000, latestMs: -600_000 + 310 - ownMs, atMostMs: 310 } },
    },
  })
  t.match(await cluster.inspect(clocksKeepTime, again(310)), { violations: { length: 0 } }, 'another boot')
  t.match((await cluster.inspect(clocksKeepTime, again(900))).violations, [/at least 900 ms passed, in at most 310 ms/])
})

void t.test('two machines that answer ARP in turn are told; a handover announces itself', async (t) => {
  const answer = { operation: 'reply', gratuitous: false, senderIp: VIP, targetIp: '192.168.2.21' } as const
  const two = await watched(t)
  const [a, b] = [two.macOf('director', 'eth0'), two.macOf('standby', 'eth0')]
  const turns = [arpEvent(1, '1', { ...answer, senderMac: a }), arpEvent(2, '2', { ...answer, senderMac: b })]
  t.match(two.judge(oneArpAnswerer(1100), ...turns), [/0\.002 s: .* answered by node-1:eth0, and then by node-2:eth0/])
  const over = await watched(t)
  const announced = arpEvent(1.5, '2', { senderMac: b, senderIp: VIP, targetIp: VIP, gratuitous: true })
  t.same(over.judge(oneArpAnswerer(1100), turns[0]!, announced, turns[1]!), [])
  t.same((await watched(t)).judge(oneArpAnswerer(0.5), ...turns), [], 'long after')
})

/** As `journalctl -o json` has it, of a machine that booted at 1 s since the epoch. */
const journalLine = (sentMs: number, message: string, heldMs = 0): string =>
  JSON.stringify({
    MESSAGE: message,
    SYSLOG_IDENTIFIER: 'Keepalived_healthcheckers',
    _PID: '412',
    _SOURCE_REALTIME_TIMESTAMP: `${(sentMs + 1000) * 1000}`,
    __REALTIME_TIMESTAMP: `${(sentMs + 1000 + heldMs) * 1000}`,
    __MONOTONIC_TIMESTAMP: `${(sentMs + heldMs) * 1000}`,
  })

void t.test('what a machine says of itself is read, with bounds of its times', async (t) => {
  const text = `0f-1\n100.00\n=====lvslab\n  411     120 keepalived\n  412       0 keepalived\n=====lvslab\n[   5.1] Oops: 0000\n=====lvslab
${[
  journalLine(90_500, 'Removing service [10.0.0.2]:tcp:80 from VS [10.0.0.1]:tcp:80', 120),
  journalLine(95_000, 'Disabling service [10.0.0.3]:tcp:80 of VS [10.0.0.1]:tcp:80'),
  journalLine(99_000, 'Reloading ...'),
].join('\n')}
`
  const report = parseReport(text, ms(200_000), ms(200_050))
  t.match(report, { bootId: '0f-1', processes: [{ pid: 411 }], kernelComplaints: ['[   5.1] Oops: 0000'] })
  const bounds = { earliestMs: 99_990, latestMs: 100_050, atMostMs: 60 }
  t.same(report.clock, bounds, 'an answer that was cut off says nothing of how long it took')
  const whole = parseReport(`${text}=====lvslab-end\n100.30\n`, ms(200_000), ms(200_050))
  t.equal(whole.tableChanges.length, 3)
  t.same(whole.clock, { ...bounds, latestMs: 99_750 }, '300 ms passed by its clock, in at most 60')
  t.equal(report.processes.length, 1, 'a child that was just forked is left out')
  t.match(report.tableChanges, [
    { change: 'removed', earliest: 190_490, latest: 190_550, server: { address: '10.0.0.2', port: 80 } },
    { change: 'disabled', server: { address: '10.0.0.3', port: 80 } },
    { change: 'restart' },
  ])
})

/** Adverts of both directors, one right after the other, every 100 ms. */
const turns = (...ats: number[]) =>
  ats.flatMap((at) =>
    [advertEvent(at, DIRECTOR), advertEvent(at + 1, '192.168.88.9')].map((event) => ({
      ...event,
      advertIntervalMs: 100,
    })),
  )

void t.test('two masters are told once they overlap for too long, and how long that was', async (t) => {
  const brief = await inspected()
  t.match(await brief.inspect(oneMasterAtATime(110), { events: turns(1, 101) }), {
    violations: { length: 0 },
    undecided: { length: 0 },
  })
  const long = await inspected()
  t.match((await long.inspect(oneMasterAtATime(110), { events: turns(1, 101, 201, 301) })).violations, [
    /^0\.002 s: 192\.168\.88\.8 and 192\.168\.88\.9 both advertise vrid 51 for 299 ms$/,
  ])
})

void t.test('each overlap counts by itself, and a resignation ends one', async (t) => {
  const twice = await inspected()
  const resigned = { ...advertEvent(202, DIRECTOR), advertIntervalMs: 100, priority: 0 }
  const events = [...turns(1, 101), resigned, ...turns(251, 351)]
  t.match(await twice.inspect(oneMasterAtATime(110), { events }), {
    violations: { length: 0 },
    undecided: { length: 0 },
  })
})

void t.test('a late second advert of the new master makes no second master of the old one', async (t) => {
  const { inspect } = await inspected()
  const handover = [advertEvent(100, '192.168.88.9'), advertEvent(101, DIRECTOR), advertEvent(216, DIRECTOR)]
  const events = handover.map((event) => ({ ...event, advertIntervalMs: 100 }))
  t.match(await inspect(oneMasterAtATime(110), { events }), { violations: { length: 0 }, undecided: { length: 0 } })
})

void t.test('an overlap that lateness explains is undecided; a longer one is not', async (t) => {
  const events = turns(1, 101, 201, 301)
  const late = await inspected({ lateMs: 190 })
  t.match(await late.inspect(oneMasterAtATime(110), { events }), {
    violations: { length: 0 },
    undecided: [/for 299 ms/],
  })
  const little = await inspected({ lateMs: 180 })
  t.match(await little.inspect(oneMasterAtATime(110), { events }), {
    violations: [/for 299 ms/],
    undecided: { length: 0 },
  })
})
