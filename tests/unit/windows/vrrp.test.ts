import t from 'tap'
import { loadTopology } from '../../../src/topology/load.ts'
import { parseKeepalivedConf, type VrrpInstance } from '../../../src/topology/keepalived-conf/index.ts'
import {
  advertInterval,
  expectedWindows,
  garpRefresh,
  garpSecondBurst,
  powerCutToTakeover,
  vrrpPreempt,
  vrrpResign,
  vrrpTakeover,
} from '../../../src/verdict/windows/index.ts'

const handover = { from: 'keepalived', to: 'keepalived-backup' }
const windows = async (version = '2.2.7') => expectedWindows(await loadTopology('dr-vrrp'), { version })

function instance(lines: string): VrrpInstance {
  const text = `vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n${lines}\n}`
  const [only] = parseKeepalivedConf(text, 'test.conf').vrrpInstances
  if (only === undefined) throw new Error('no instance')
  return only
}

void t.test("takeover: the backup's own priority decides, 3 s + 157/256 s after the last advert", async (t) => {
  t.strictSame((await windows()).vrrpTakeover(handover), {
    name: 'VRRP takeover after the last advert',
    minMs: 3608.281,
    maxMs: 3663.281,
    formula: '3 × 1 s + (256 − 99) / 256 s = 3613.281 ms; − 5 ms clocks, + 1 × 50 ms lateness',
    source:
      'RFC 3768 6.1 Master_Down_Interval and 6.4.2; keepalived include/vrrp.h VRRP_MS_DOWN_TIMER, vrrp.c vrrp_state_backup',
    from: 'the last advert of the master (priority 100)',
    to: 'the first advert of the successor (priority 99)',
  })
})

void t.test('takeover by priority 100 is the 3.609 s that everybody quotes', async (t) => {
  const { formula } = vrrpTakeover(instance('priority 150'), instance('priority 100'))
  t.match(formula, '= 3609.375 ms')
})

void t.test('takeover in VRRP 3 scales the skew, and follows the interval of the master', async (t) => {
  const master = instance('version 3\npriority 150\nadvert_int 0.1')
  const backup = instance('version 3\npriority 100\nadvert_int 1')
  // 3 × 100 ms + 156/256 × 100 ms = 360.9375 ms; keepalived counts whole microseconds.
  t.match(vrrpTakeover(master, backup), { minMs: 355.937, maxMs: 410.937 })
})

void t.test('takeover follows down_timer_adverts', async (t) => {
  const { formula } = vrrpTakeover(instance('priority 150'), instance('priority 100\ndown_timer_adverts 5'))
  t.match(formula, '5 × 1 s + (256 − 100) / 256 s = 5609.375 ms')
})

void t.test('after a power cut up to one advert interval is already over', async (t) => {
  t.match((await windows()).powerCutToTakeover(handover), { minMs: 2558.281, maxMs: 3663.281, from: 'the fault' })
  const [slow, backup] = [instance('priority 150\nadvert_int 5'), instance('priority 128\nadvert_int 5')]
  // 15.5 s at most; 10.5 s, less 50 ms and 5 ms, at least.
  t.match(powerCutToTakeover(slow, backup), { minMs: 10445, maxMs: 15550 })
})

void t.test('a clean stop costs the skew time alone', async (t) => {
  t.match((await windows()).vrrpResign(handover), {
    minMs: 608.281,
    maxMs: 663.281,
    formula: '(256 − 99) / 256 s = 613.281 ms; − 5 ms clocks, + 1 × 50 ms lateness',
  })
  t.match(vrrpResign(instance('priority 150'), instance('priority 255\nstate MASTER')), { minMs: 0, maxMs: 53.906 })
})

void t.test(
  'a returning master waits a full master down interval, whether it was started or got its carrier back',
  async (t) => {
    const expected = await windows()
    for (const after of ['start', 'carrier'] as const) {
      t.match(expected.vrrpPreempt({ node: 'keepalived' }, after), { minMs: 3604.375, maxMs: 3659.375 })
    }
  },
)

void t.test('a master that was cut off without noticing adverts within one interval', async (t) => {
  t.match((await windows()).vrrpPreempt({ node: 'keepalived' }, 'cut'), { minMs: 0, maxMs: 1050 })
})

void t.test('the address owner begins at once', async (t) => {
  t.match(vrrpPreempt(instance('state MASTER\npriority 255'), 'start'), { minMs: 0, maxMs: 50 })
})

void t.test('preempt_delay and vrrp_startup_delay come on top', async (t) => {
  const delayed = instance('state BACKUP\npriority 100\npreempt_delay 10')
  t.match(vrrpPreempt(delayed, 'carrier'), { minMs: 12604.375, maxMs: 14709.375 })
  t.match(vrrpPreempt(instance('priority 100'), 'start', 4), { minMs: 7604.375, maxMs: 7659.375 })
})

void t.test('nopreempt promises no return', async (t) => {
  t.throws(() => vrrpPreempt(instance('state BACKUP\npriority 100\nnopreempt'), 'start'), {
    code: 'LVSLAB_E_WINDOW_NONE',
    message: 'no window for VRRP preemption: A has nopreempt and leaves a lower master alone',
  })
})

void t.test('adverts come once in advert_int', async (t) => {
  t.match((await windows()).advertInterval({ node: 'keepalived' }), { minMs: 945, maxMs: 1050 })
  t.match(advertInterval(instance('advert_int 3')), { minMs: 2945, maxMs: 3050 })
})

void t.test('gratuitous ARP: five at once, five more after 5 s', async (t) => {
  const expected = await windows()
  t.match(expected.garpFirstBurst({ node: 'keepalived' }), { minMs: 0, maxMs: 50, framesPerVip: 5 })
  t.match(expected.garpSecondBurst({ node: 'keepalived' }), { minMs: 4995, maxMs: 5050, framesPerVip: 5 })
  t.throws(() => garpSecondBurst(instance('garp_master_delay 0')), { code: 'LVSLAB_E_WINDOW_NONE' })
})

void t.test('refresh in 2.2.7: two every 10 s, with the tenth advert', async (t) => {
  const expected = await windows('2.2.7')
  for (const which of ['first', 'next'] as const) {
    t.match(expected.garpRefresh({ node: 'keepalived' }, which), { minMs: 9995, maxMs: 10150, framesPerVip: 2 })
  }
})

void t.test('refresh in 2.2.7 waits for an advert: 10 s at an interval of 3 s means 12 s', async (t) => {
  const master = instance('advert_int 3\ngarp_master_refresh 10')
  t.match(garpRefresh(master, '2.2.7', 'next'), { minMs: 11995, maxMs: 12090 })
})

void t.test('refresh in 2.3.3: the first comes garp_master_delay later', async (t) => {
  const expected = await windows('1:2.3.3-1')
  t.match(expected.garpRefresh({ node: 'keepalived' }, 'first'), { minMs: 14995, maxMs: 15050 })
  t.match(expected.garpRefresh({ node: 'keepalived' }, 'next'), { minMs: 9995, maxMs: 10050 })
})

void t.test('between versions that were read, either behaviour is accepted', async (t) => {
  const first = (await windows('2.3.1')).garpRefresh({ node: 'keepalived' }, 'first')
  t.match(first, { minMs: 9995, maxMs: 15050 })
})

void t.test('a version that was never read is refused', async (t) => {
  t.throws(() => garpRefresh(instance('garp_master_refresh 10'), '1.3.5', 'next'), {
    code: 'LVSLAB_E_WINDOW_VERSION',
    message: 'it is not known how keepalived 1.3.5 does this: gratuitous ARP refresh',
  })
})

void t.test('a node without keepalived is named with those that have one', async (t) => {
  const expected = await windows()
  t.throws(() => expected.vrrpTakeover({ from: 'node-1', to: 'keepalived' }), {
    code: 'LVSLAB_E_WINDOW_SELECTION',
    message: 'node-1 has no keepalived configuration',
    seen: 'keepalived, keepalived-backup',
  })
})
