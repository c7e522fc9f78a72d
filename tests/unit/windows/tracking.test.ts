import t from 'tap'
import { parseKeepalivedConf, type VrrpScript } from '../../../src/topology/keepalived-conf/index.ts'
import { loadTopology } from '../../../src/topology/load.ts'
import { effectivePriority, ExpectedWindows, scriptFall, scriptRise } from '../../../src/verdict/windows/index.ts'

function conf(script: string, instance: string, version = '2.2.7') {
  const text = `
    vrrp_script chk { script /bin/true\n${script}\n }
    vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n${instance}\n}`
  return parseKeepalivedConf(text.replaceAll(/([{}])/g, '\n$1\n').replaceAll(/\n\n+\{/g, ' {'), 'test.conf', {
    version,
  })
}

function script(lines: string): VrrpScript {
  const [only] = conf(lines, '').vrrpScripts
  if (only === undefined) throw new Error('no script')
  return only
}

/** Two directors, of which `a` has `script`, and both what `a` and `b` say. */
async function pair(a: { script?: string; instance: string }, b: string, version = '2.2.7'): Promise<ExpectedWindows> {
  const confs = new Map([
    ['a', conf(a.script ?? '', a.instance, version)],
    ['b', conf('', b, version)],
  ])
  return new ExpectedWindows(await loadTopology('dr-vrrp'), confs)
}

const handover = { from: 'a', to: 'b' }
const chk = { script: 'chk', failure: 'exits' } as const

void t.test('a vrrp_script with its defaults: its timeout is its interval', async (t) => {
  t.match(script(''), { intervalS: 1, timeoutS: 1, rise: 1, fall: 1, weight: 0, reverse: false })
  t.match(script('interval 5\nweight -20 reverse\nfall 3\nrise 2\ntimeout 2'), {
    ...{ intervalS: 5, timeoutS: 2, rise: 2, fall: 3, weight: -20, reverse: true },
  })
  t.match(script('weight 254'), { weight: 253 }, 'as keepalived takes it')
  t.throws(() => script('weight 300'), { code: 'LVSLAB_E_KEEPALIVED_CONF_VALUE' })
})

void t.test('fall: within one interval the first failing run, then fall − 1 intervals, and the last run', async (t) => {
  const three = script('interval 2\ntimeout 1\nfall 3')
  // (3 − 1) × 2 s; 3 × 2 s + 1 s.
  t.match(scriptFall(three, 'exits', '2.2.7'), { minMs: 3995, maxMs: 7200 })
  // A script that hangs costs its timeout on top at the least, less a good run that had begun.
  t.match(scriptFall(three, 'hangs', '2.2.7'), { minMs: 4945, maxMs: 7200 })
})

void t.test('rise: rise − 1 intervals after the first good run', async (t) => {
  t.match(scriptRise(script('interval 2\ntimeout 1\nrise 3'), 'exits', '2.2.7'), { minMs: 3995, maxMs: 7200 })
})

void t.test('a script that outlasts its interval: run beside itself by 2.2.7, left out by 2.3.3', async (t) => {
  const slow = script('interval 2\ntimeout 5\nfall 2')
  t.match(scriptFall(slow, 'hangs', '2.2.7'), { minMs: 2000 + 4950 - 5, maxMs: 4000 + 5000 + 150 })
  // Every third run begins: 6 s apart.
  t.match(scriptFall(slow, 'hangs', '2.3.3'), { minMs: 6000 + 4950 - 5, maxMs: 12_000 + 5000 + 150 })
  // Between the releases that were read, either.
  t.match(scriptFall(slow, 'hangs', '2.3.1'), { minMs: 6945, maxMs: 17_150 })
  const quick = script('interval 2\ntimeout 1\nfall 2')
  t.same(
    scriptFall(quick, 'hangs', '2.3.3'),
    scriptFall(quick, 'hangs', '2.2.7'),
    'a short timeout makes no difference',
  )
})

void t.test('the priority that is advertised', async (t) => {
  const at = (weight: number, good: boolean, reverse = false) =>
    effectivePriority({ priority: 100 }, [{ name: 'x', weight, reverse, good }])
  t.same([at(10, true), at(10, false), at(-30, true), at(-30, false)], [110, 100, 100, 70])
  t.same([at(10, true, true), at(-30, false, true)], [90, 130], 'reverse')
  t.same([at(200, true), at(-200, false)], [254, 1], 'never above 254, nor below 1')
  t.equal(effectivePriority({ priority: 255 }, [{ name: 'x', weight: -9, reverse: false, good: false }]), 255)
})

void t.test('a script without weight: FAULT, an advert of priority 0, and the skew time', async (t) => {
  const expected = await pair(
    { script: 'interval 2\ntimeout 1\nfall 2', instance: 'priority 100\ntrack_script {\nchk\n}' },
    'priority 99',
  )
  // 2 s + 613.281 ms; 4 s + 1 s + 613.281 ms.
  t.match(expected.trackedTakeover(handover, chk), { minMs: 2608.281, maxMs: 5813.281 })
  // Back: out of FAULT it waits a whole master down interval: rise 1, so 0..2 s + 1 s, then 3609.375 ms.
  t.match(expected.trackedReturn({ from: 'b', to: 'a' }, chk), { minMs: 3604.375, maxMs: 6759.375 })
})

void t.test('a script with a weight: the successor stops listening, and its interval runs out', async (t) => {
  const a = { script: 'interval 2\ntimeout 1\nfall 2\nweight -20', instance: 'priority 100\ntrack_script {\nchk\n}' }
  const expected = await pair(a, 'priority 90')
  // 2 s + (3648.437 − 1000 − 50); 4 s + 1 s + 3648.437 ms.
  t.match(expected.trackedTakeover(handover, chk), { minMs: 4593.437, maxMs: 8848.437 })
  t.throws(
    () =>
      new ExpectedWindows(
        {} as never,
        new Map([
          ['a', conf(a.script, a.instance)],
          ['b', conf('', 'priority 70')],
        ]),
      ).trackedTakeover(handover, chk),
    { code: 'LVSLAB_E_WINDOW_NONE', message: /priority 80 is still not below 70/ },
  )
  const stays = await pair(a, 'priority 90\nstate BACKUP\nnopreempt')
  t.throws(() => stays.trackedTakeover(handover, chk), { message: /nopreempt and leaves a lower master alone/ })
})

void t.test('a positive weight counts while all is well: for the skew of an ordinary takeover, too', async (t) => {
  const expected = await pair({ instance: 'priority 150' }, 'priority 90')
  const plain = expected.vrrpTakeover(handover)
  const b = conf('weight 20', 'priority 90\ntrack_script {\nchk\n}')
  const tracked = new ExpectedWindows(
    await loadTopology('dr-vrrp'),
    new Map([
      ['a', conf('', 'priority 150')],
      ['b', b],
    ]),
  )
  t.equal(tracked.vrrpTakeover(handover).maxMs, plain.maxMs - (20 / 256) * 1000)
})

void t.test('preempt_delay of the one that takes over', async (t) => {
  const a = { script: 'interval 2\ntimeout 1\nweight -20', instance: 'priority 100\ntrack_script {\nchk\n}' }
  const expected = await pair(a, 'priority 90\nstate BACKUP\npreempt_delay 10')
  // 9 s + 3648.437 ms; 2 s + 1 s + 11 s + 3648.437 ms, four steps.
  t.match(expected.trackedTakeover(handover, chk), { minMs: 12_643.437, maxMs: 17_848.437 })
})

void t.test('an interface: the kernel may hold a lost carrier back for a second', async (t) => {
  const lines = 'priority 100\ntrack_interface {\neth1\neth2 weight -20\neth0\n}'
  const expected = await pair({ instance: lines }, 'priority 90')
  t.match(expected.trackedTakeover(handover, { interface: 'eth1' }), { minMs: 643.437, maxMs: 1748.437 })
  t.match(expected.trackedTakeover(handover, { interface: 'eth2' }), { minMs: 2593.437, maxMs: 4748.437 })
  t.throws(() => expected.trackedTakeover(handover, { interface: 'eth0' }), { message: /ask for vrrpTakeover/ })
  t.throws(() => expected.trackedTakeover(handover, { interface: 'eth7' }), { code: 'LVSLAB_E_WINDOW_SELECTION' })
})

void t.test('a version that was not read is told of in the source', async (t) => {
  const at = async (version: string) =>
    (await pair({ instance: 'priority 100' }, 'priority 90', version)).vrrpTakeover(handover)
  t.notMatch((await at('2.3.4')).source, /was not read|newer/)
  t.match((await at('2.9.1')).source, /keepalived 2\.9\.1 is newer than 2\.3\.4.*rules of that one are taken/)
  t.match((await at('2.1.5')).source, /the source of keepalived 2\.1\.5 was not read/)
  t.match((await at('master')).source, /"master" is no version: the rules of 2\.3\.4/)
})
