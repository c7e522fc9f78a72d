import { alwaysSame, strictRotation, wholePeriods } from '../../../src/verdict/index.ts'
import type { ClaimContext } from '../../../src/run/claim-context.ts'
import type { Step } from '../../../src/verdict/index.ts'
import { claim } from '../../support/claim.ts'
import { line, Trials, type Picks } from './trials.ts'

// Document 003, its schedulers: three servers behind NAT, one virtual service for each experiment, and the exact sequence
// of servers each time. Servers are named 1, 2 and 3; the kernel's list is 3 2 1, as each new one goes to its front.

const hold = (times = 1): Step => ({ do: 'hold', times })
const holdFor = (vip: number): Step => ({ do: 'hold', from: { vip: `192.168.77.${vip}` } })
const probe = (times: number): Step => ({ do: 'probe', times })
const release = (server: string): Step => ({ do: 'release', server })
const weigh = (server: string, weight: number): Step => ({ do: 'weigh', server, weight })
const remove = (server: string): Step => ({ do: 'remove', server })

/** All schedulers that keep no hash answer this one differently: see relatives.test.ts. */
const UNEVEN = { weights: [4, 2, 1], steps: [hold(5), release('3'), hold(4)] } as const
const UNEVEN_TEXT = 'weights 4 2 1; five connections are held, those at nat-3 closed, four more held'

/** nat-1 is the only one that takes connections until it has three. */
const ONE_IS_BUSY = [hold(3), weigh('2', 1), weigh('3', 1)]

const VIPS = Array.from({ length: 12 }, (_, n) => `192.168.77.${n + 1}`)
const CLIENTS = Array.from({ length: 12 }, (_, n) => `192.168.10.${30 + n}`)

claim('003-rr', async (c) => {
  await using trials = await Trials.on(c)
  const picks = await trials.run('requests one by one', { scheduler: 'rr', steps: [probe(9)] })
  const rotation = strictRotation(picks, ['1', '2', '3'])
  c.share('each server once, over and over', rotation)
  await trials.run(UNEVEN_TEXT, { scheduler: 'rr', ...UNEVEN })
  trials.checkThatNoOtherFits()
})

claim('003-wrr', async (c) => {
  await using trials = await Trials.on(c)
  const weights = [3, 2, 1] as const
  const picks = await trials.run('weights 3 2 1, requests one by one', {
    scheduler: 'wrr',
    weights,
    steps: [probe(18)],
  })
  const byServer = new Map(weights.map((weight, index): [string, number] => [`${index + 1}`, weight]))
  const periods = wholePeriods(picks, byServer, { tableOrder: ['3', '2', '1'] })
  c.share('any six in a row are three, two and one', periods)
  await trials.run(UNEVEN_TEXT, { scheduler: 'wrr', ...UNEVEN })
  trials.checkThatNoOtherFits()
})

claim('003-lc', async (c) => {
  await using trials = await Trials.on(c)
  const busy = { weights: [1, 0, 0] as const, steps: [...ONE_IS_BUSY, hold(7)] }
  const picks = await trials.run('nat-1 holds three connections when the others join', { scheduler: 'lc', ...busy })
  c.check('the next six go to the other two', !picks.slice(3, 9).includes('1'), line(picks.slice(3)))
  await trials.run(UNEVEN_TEXT, { scheduler: 'lc', ...UNEVEN })
  trials.checkThatNoOtherFits()
  await trials.run('requests one by one look like rr, as each leaves an inactive entry', {
    ...{ scheduler: 'lc', steps: [probe(6)] },
  })
  const left = (await trials.director.connectionTable()).filter(({ state }) => state !== 'ESTABLISHED')
  c.finding(
    'lc cannot be told from rr by requests that end at once: the kernel remembers each for two minutes and counts it as ' +
      'inactive, so the servers take turns. Only connections that stay open show what lc does',
    left.map(({ state, expiresS }) => `${state}, forgotten in ${expiresS} s`).join('\n'),
  )
})

claim('003-wlc', async (c) => {
  await using trials = await Trials.on(c)
  const steps = [hold(3), weigh('2', 2), weigh('3', 1), hold(3), hold(6)]
  const picks = await trials.run('nat-1 of weight 3 holds three connections when weights 2 and 1 join', {
    ...{ scheduler: 'wlc', weights: [3, 0, 0], steps },
  })
  const counts = (count: number): string =>
    ['1', '2', '3'].map((server) => picks.slice(0, count).filter((pick) => pick === server).length).join(':')
  c.check('three more make it 3:2:1', counts(6) === '3:2:1', counts(6))
  c.check('and six more 6:4:2', counts(12) === '6:4:2', counts(12))
  await trials.run(UNEVEN_TEXT, { scheduler: 'wlc', ...UNEVEN })
  trials.checkThatNoOtherFits()
})

claim('003-lblc', async (c) => {
  await using trials = await Trials.on(c)
  const destinations = [1, 2, 3, 3, 2, 1].map(holdFor)
  await trials.run('connections for destinations .1 .2 .3 .3 .2 .1', { scheduler: 'lblc', steps: destinations })
  await trials.run('three held for one destination; it stays with the new server when nat-3 is relieved', {
    ...{ scheduler: 'lblc', steps: [hold(3), release('3'), hold()] },
  })
  trials.checkThatNoOtherFits()
  c.finding(
    'for lblc and lblcr a server is overloaded when it has more active connections than its weight while another has ' +
      'less than half of its own (ip_vs_lblc.c): with weight 1, the default, the second connection already overloads it',
  )
})

claim('003-lblcr', async (c) => {
  await using trials = await Trials.on(c)
  const grown = await trials.run('for one destination, eight held: the set grows', {
    ...{ scheduler: 'lblcr', steps: [hold(8)] },
  })
  c.check('in the end all three serve it', new Set(grown).size === 3, line(grown))
  await trials.run('with nat-3 relieved it serves again, as it is still in the set', {
    ...{ scheduler: 'lblcr', steps: [hold(3), release('3'), hold()] },
  })
  trials.checkThatNoOtherFits()
})

claim('003-dh', async (c) => {
  await using trials = await Trials.on(c)
  const clients = ['192.168.10.30', '192.168.10.31']
  const steps = clients.flatMap((client) => VIPS.map((vip): Step => ({ do: 'probe', from: { client, vip } })))
  const picks = await trials.run('twelve destinations, two clients', { scheduler: 'dh', weights: [3, 2, 1], steps })
  checkSame(c, VIPS, picks, 'the same destination always has the same server')
  trials.checkThatNoOtherFits()
  c.finding('dh takes no account of weights: with 3 2 1 each server owns a third of its 256 buckets, as with 1 1 1')
})

claim('003-sh', async (c) => {
  await using trials = await Trials.on(c)
  const vips = ['192.168.77.1', '192.168.77.2']
  const steps = vips.flatMap((vip) => CLIENTS.map((client): Step => ({ do: 'probe', from: { client, vip } })))
  const picks = await trials.run('twelve clients, two destinations', { scheduler: 'sh', steps })
  checkSame(c, CLIENTS, picks, 'the same client always has the same server')
  trials.checkThatNoOtherFits()
})

claim('003-sed', async (c) => {
  await using trials = await Trials.on(c)
  const picks = await trials.run(UNEVEN_TEXT, { scheduler: 'sed', ...UNEVEN })
  c.check('nat-3 (weight 1) is idle while nat-1 (weight 4) takes three', !picks.slice(0, 4).includes('3'), line(picks))
  trials.checkThatNoOtherFits()
})

claim('003-nq', async (c) => {
  await using trials = await Trials.on(c)
  const steps = [hold(3), release('3'), hold(), release('2'), hold(), hold(2)]
  const picks = await trials.run('weights 4 2 1; as soon as a server is idle', {
    ...{ scheduler: 'nq', weights: [4, 2, 1], steps },
  })
  c.check('each idle server had the next', line(picks.slice(0, 5)) === '3 2 1 3 2', line(picks))
  await trials.run(UNEVEN_TEXT, { scheduler: 'nq', ...UNEVEN })
  trials.checkThatNoOtherFits()
})

claim('003-more', async (c) => {
  await using trials = await Trials.on(c)
  await trials.run('fo: the highest weight that is up', {
    ...{ scheduler: 'fo', weights: [3, 2, 1], steps: [hold(5), weigh('1', 0), hold(2), weigh('1', 3), hold()] },
  })
  await trials.run('ovf: one more than the weight, then the next, refused when all are full, taken again after', {
    ...{ scheduler: 'ovf', weights: [3, 2, 1], steps: [hold(10), release('2'), hold()] },
  })
  const clients = CLIENTS.map((client): Step => ({ do: 'probe', from: { client } }))
  const picks = await trials.run('mh: twelve clients, again, and after nat-2 is gone', {
    ...{ scheduler: 'mh', steps: [...clients, ...clients, remove('2'), ...clients] },
  })
  checkSame(c, CLIENTS, picks.slice(0, 24), 'the same client always has the same server')
  const moved = CLIENTS.filter((_, index) => picks[index] !== '2' && picks[index] !== picks[24 + index])
  c.check('when nat-2 is gone only its own clients move', moved.length === 0, `others that moved: ${moved.join(', ')}`)
  trials.checkThatNoOtherFits()

  const director = trials.director.node
  const twos = await director.run('modprobe ip_vs_twos 2>&1')
  c.check('twos is not there: its module cannot be loaded', twos.exitCode !== 0, twos.stdout.trim())
  const modules = await director.succeed('ls /lib/modules/$(uname -r)/kernel/net/netfilter/ipvs')
  c.finding(
    "the document speaks of eight schedulers, and its own kernel configuration shows ten (sed and nq too). Debian's 6.1 " +
      'has three more (fo, ovf, mh), and lacks twos (CONFIG_IP_VS_TWOS is not set)',
    `${twos.stdout.trim()}\n${modules.split('\n').join(' ')}`,
  )
})

/** Each key (an address) was asked once in each round of picks. */
function checkSame(c: ClaimContext, keys: readonly string[], picks: Picks, text: string): void {
  const byKey = new Map(keys.map((key, at) => [key, picks.filter((_, index) => index % keys.length === at)]))
  const same = alwaysSame(byKey)
  c.share(text, same)
  const servers = new Set(picks)
  c.check('and many spread over all three', servers.size === 3, [...servers].sort().join(' '))
}
