import t from 'tap'
import { type HeartbeatConf, parseHeartbeatConf } from '../../../src/topology/heartbeat-conf/index.ts'
import {
  heartbeatDeath,
  heartbeatFailback,
  heartbeatInitialDead,
  heartbeatInitialTakeover,
  heartbeatInterval,
  heartbeatTakeover,
  heartbeatTakeoverScripts,
  powerCutToHeartbeatTakeover,
  type Window,
} from '../../../src/verdict/windows/index.ts'

const [V_GATE, VIP] = ['10.10.10.9', '192.168.2.11']
const RESOURCES = `Master IPaddr::${V_GATE}/24/eth1 IPaddr::${VIP}/24/eth0 keepalived`

const conf = (lines: string, haresources = RESOURCES): HeartbeatConf =>
  parseHeartbeatConf(
    { file: 'ha.cf', text: `${lines}\nbcast eth0\nnode Master Slave\n` },
    { file: 'haresources', text: haresources },
  )

const document000 = conf('keepalive 2\ndeadtime 10\nudpport 1001')

const holds = (window: Window, ms: number): boolean => window.minMs <= ms && ms <= window.maxMs

void t.test('takeover: deadtime, and no less; the scripts and the waiting for turns come on top', async (t) => {
  t.strictSame(heartbeatTakeover(document000), {
    name: 'heartbeat takeover after the last packet',
    minMs: 9995,
    maxMs: 31_340,
    formula:
      'deadtime 10000 ms, up to 510 ms until the packet is read, up to 780 ms until it looks, ' +
      'up to 2 × 10000 ms for scripts; − 5 ms clocks, + 1 × 50 ms lateness',
    source:
      'heartbeat 3.0.6 heartbeat.c check_for_timeouts, polled_input_check; include/heartbeat.h PRI_POLL; ' +
      'hb_resource.c takeover_from_node; mach_down; ResourceManager takegroup',
    from: 'the last status packet of the dead node',
    to: `the first gratuitous ARP of the successor for ${V_GATE}`,
  })
})

void t.test('what the protocol fixes is apart from what the scripts take', async (t) => {
  const death = heartbeatDeath(document000)
  t.match(death, {
    minMs: 9995,
    maxMs: 11_340,
    from: 'the last status packet of the dead node',
    to: 'the log of the other says "node …: is dead"',
  })
  t.match(heartbeatDeath(conf('keepalive 2\ndeadtime 5')), { minMs: 4995, maxMs: 6340 })
  for (const address of [V_GATE, VIP]) {
    const [scripts, whole] = [heartbeatTakeoverScripts(document000, address), heartbeatTakeover(document000, address)]
    t.equal(scripts.minMs, 0)
    // Each has its own tolerance for the last step.
    t.equal(death.maxMs + scripts.maxMs, whole.maxMs + 50, address)
    t.match(scripts.to, address)
  }
})

void t.test('the second address of a group waits for the script of the first', async (t) => {
  const [first, second] = [heartbeatTakeover(document000, V_GATE), heartbeatTakeover(document000, VIP)]
  t.equal(second.maxMs - first.maxMs, 10_000)
  t.equal(second.minMs, first.minMs)
  t.match(second.to, VIP)
})

void t.test('after a power cut up to one keepalive is already over', async (t) => {
  t.match(powerCutToHeartbeatTakeover(document000), { minMs: 7935, maxMs: 31_340, from: 'the fault' })
  t.match(powerCutToHeartbeatTakeover(conf('keepalive 500ms\ndeadtime 3')), { minMs: 2435, maxMs: 24_340 })
})

void t.test(
  'a node alone waits for initdead: 20 s when document 000 leaves it open, not the 30 s of 0.4.9',
  async (t) => {
    t.match(heartbeatInitialDead(document000), { minMs: 19_995, maxMs: 23_830, from: 'the start of heartbeat' })
    t.match(heartbeatInitialDead(conf('initdead 30')), { minMs: 29_995, maxMs: 33_830 })
    t.match(heartbeatInitialTakeover(document000, VIP), { minMs: 19_995, maxMs: 75_360 })
  },
)

void t.test('failback begins at once; both protocols have their share of scripts and messages', async (t) => {
  t.match(heartbeatFailback(document000), {
    name: 'heartbeat failback (auto_failback legacy)',
    minMs: 0,
    maxMs: 2000 + 10 + 1000 + 8 * 10_000 + 8 * 510 + 150,
    source: /req_our_resources/,
  })
  t.match(heartbeatFailback(conf('keepalive 2\ndeadtime 10\nauto_failback on')), {
    name: 'heartbeat failback (auto_failback on)',
    minMs: 0,
    maxMs: 2000 + 10 + 1000 + 1000 + 6 * 10_000 + 9 * 510 + 150,
    formula: /3 stopped, then 1 started/,
    source: /PerformAutoFailback/,
  })
})

void t.test('auto_failback off promises no failback', async (t) => {
  t.throws(() => heartbeatFailback(conf('auto_failback off')), {
    code: 'LVSLAB_E_WINDOW_NONE',
    message: 'no window for heartbeat failback: auto_failback off leaves the resources where they are',
  })
})

void t.test('an address that haresources does not have, or none at all, has no window', async (t) => {
  t.throws(() => heartbeatTakeover(document000, '10.0.0.1'), {
    code: 'LVSLAB_E_WINDOW_NONE',
    message: /haresources gives 10\.0\.0\.1 to nobody/,
  })
  t.throws(() => heartbeatTakeover(conf('', 'master keepalived')), {
    message: /haresources gives no address to nobody/,
  })
})

void t.test('scripts before the first address count, and bare addresses are addresses', async (t) => {
  const later = conf('deadtime 10', `master Filesystem::/dev/sda1::/data\nslave ${VIP}/24/eth0`)
  t.match(heartbeatTakeover(later), { maxMs: 41_340, to: `the first gratuitous ARP of the successor for ${VIP}` })
})

void t.test('packets come a keepalive apart, give or take a tick', async (t) => {
  t.match(heartbeatInterval(document000), { minMs: 1935, maxMs: 2060 })
  t.match(heartbeatInterval(conf('keepalive 50ms')), { minMs: 0, maxMs: 110 })
})

void t.test("what Debian 12's heartbeat did on an idle host falls into its windows", async (t) => {
  const on = conf('keepalive 2\ndeadtime 10\nauto_failback on')
  const seen: readonly (readonly [Window, number])[] = [
    [heartbeatTakeover(document000, V_GATE), 10_886],
    [heartbeatTakeover(document000, VIP), 11_049],
    [heartbeatTakeover(on, V_GATE), 10_831],
    [powerCutToHeartbeatTakeover(document000, V_GATE), 9614],
    [powerCutToHeartbeatTakeover(on, VIP), 9249],
    [heartbeatFailback(document000, V_GATE), 2819],
    [heartbeatFailback(on, VIP), 3746],
    [heartbeatInitialDead(document000), 20_658],
    [heartbeatInitialDead(on), 20_580],
    [heartbeatInterval(on), 1990.8],
    [heartbeatInterval(on), 2004.4],
  ]
  for (const [window, ms] of seen) t.ok(holds(window, ms), `${window.name}: ${ms} ms`)
})
