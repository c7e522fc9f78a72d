import t from 'tap'
import {
  isLocallyOverloaded,
  localityBased,
  localityBasedWithReplication,
  replay,
  type Step,
} from '../../../../src/verdict/schedulers/index.ts'
import { active, line, three } from './three.ts'

const hold = (times: number, from = {}): Step => ({ do: 'hold', times, from })

void t.test('overloaded: more active than its weight, and somebody below half of his', async (t) => {
  const of = (weights: [number, number, number], ...counts: number[]): boolean => {
    const servers = three(weights, active(...counts))
    return isLocallyOverloaded(
      servers.find(({ name }) => name === '1')!,
      servers,
    )
  }
  t.equal(of([2, 2, 2], 3, 0, 3), true)
  t.equal(of([2, 2, 2], 2, 0, 0), false, 'as many as its weight are not more')
  t.equal(of([2, 2, 2], 3, 1, 1), false, 'half of the weight is not below half')
  t.equal(of([2, 0, 0], 3, 0, 0), false, 'weight 0 is no relief')
})

void t.test('lblc: a VIP stays with its server until that is overloaded, then with the next', async (t) => {
  t.equal(line(replay(localityBased(), three([1, 1, 1]), [hold(8)])), '3 3 2 2 1 1 1 1')
})

void t.test('lblc: each VIP has a server of its own', async (t) => {
  const vips = ['192.168.77.1', '192.168.77.2', '192.168.77.3'].map((vip) => hold(1, { vip }))
  t.equal(line(replay(localityBased(), three([4, 4, 4]), [...vips, ...vips])), '3 2 1 3 2 1')
})

void t.test('lblc does not look at the threshold of the server that it kept', async (t) => {
  const scheduler = localityBased()
  const arrival = { client: '192.0.2.1', clientPort: 1, vip: '192.0.2.2', atMs: 0 }
  t.equal(scheduler(three([1, 1, 1]), arrival), '3')
  const full = three([1, 1, 1], [{}, {}, { overloaded: true }])
  t.equal(scheduler(full, arrival), '3')
  t.equal(localityBasedWithReplication()(full, arrival), '2')
})

void t.test('lblcr: the set grows, and the least loaded of it serves', async (t) => {
  t.equal(line(replay(localityBasedWithReplication(), three([1, 1, 1]), [hold(9)])), '3 3 2 2 1 1 1 2 3')
})

void t.test('lblcr goes back to a relieved member where lblc stays with the new one', async (t) => {
  const steps: Step[] = [hold(3), { do: 'release', server: '3' }, hold(1)]
  t.equal(line(replay(localityBased(), three([1, 1, 1]), steps)), '3 3 2 2')
  t.equal(line(replay(localityBasedWithReplication(), three([1, 1, 1]), steps)), '3 3 2 3')
})

void t.test(
  'lblcr: a set older than the expiration loses its most loaded member, one with each expiration',
  async (t) => {
    const scheduler = localityBasedWithReplication({ expirationMs: 1_000 })
    const at = (atMs: number, counts: number[]): string | undefined =>
      scheduler(three([9, 9, 9], active(...counts)), { client: '', clientPort: 0, vip: 'v', atMs })
    t.equal(at(0, [0, 0, 0]), '3')
    t.equal(at(1, [1, 0, 10]), '2', 'nat-3 is over 9: nat-2 joins')
    t.equal(at(1_001, [0, 5, 4]), '3', 'exactly the expiration is not yet longer')
    t.equal(at(1_002, [0, 5, 4]), '3', 'now nat-2, the most loaded, leaves')
    t.equal(at(1_003, [0, 0, 4]), '3', 'nat-2 is idle, and no longer in the set')
  },
)
