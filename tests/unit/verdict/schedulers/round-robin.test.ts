import t from 'tap'
import {
  replay,
  roundRobin,
  weightedRoundRobin,
  weightStep,
  wrrRound,
} from '../../../../src/verdict/schedulers/index.ts'
import { line, three } from './three.ts'

void t.test('rr begins with the server that was added last, and ignores weights other than 0', async (t) => {
  t.equal(line(replay(roundRobin(), three([5, 1, 1]), [{ do: 'probe', times: 7 }])), '3 2 1 3 2 1 3')
  t.equal(line(replay(roundRobin(), three([5, 0, 1]), [{ do: 'probe', times: 4 }])), '3 1 3 1')
  t.equal(line(replay(roundRobin(), three([0, 0, 0]), [{ do: 'probe' }])), '-')
})

void t.test('rr goes on after the predecessor of a server that was removed', async (t) => {
  const scheduler = roundRobin()
  const all = three([1, 1, 1])
  const arrival = { client: '', clientPort: 0, vip: '', atMs: 0 }
  t.equal(scheduler(all, arrival), '3')
  t.equal(scheduler(all, arrival), '2')
  const without2 = all.filter(({ name }) => name !== '2')
  t.equal(scheduler(without2, arrival), '1')
  t.equal(scheduler(without2, arrival), '3')
})

void t.test('the step of wrr is the greatest common divisor of the weights above 0', async (t) => {
  t.equal(weightStep([6, 4, 0]), 2)
  t.equal(weightStep([0]), 1)
})

void t.test('the round of wrr: all of at least the required weight, in the list, pass by pass', async (t) => {
  const round = (weights: [string, number][]): string => wrrRound(new Map(weights)).join(' ')
  const order: [string, number][] = [['c', 1], ['b', 2], ['a', 3]] // prettier-ignore
  // Required 3: a. Required 2: b a. Required 1: c b a.
  t.equal(round(order), 'a b a c b a')
  t.equal(round(order.map(([name, weight]) => [name, weight * 10])), 'a b a c b a')
  t.equal(round([['c', 0], ['a', 2]]), 'a', 'weight 0 has no turn, and of one server once round is one') // prettier-ignore
  t.equal(round([]), '')
})

void t.test('wrr after servers were added one by one begins with the last pass of its round', async (t) => {
  const probes = replay(weightedRoundRobin(), three([3, 2, 1]), [{ do: 'probe', times: 12 }])
  t.equal(line(probes), '3 2 1 1 2 1 3 2 1 1 2 1')
})

void t.test('a changed weight sends wrr back to the head of the list', async (t) => {
  const steps = [
    { do: 'probe', times: 2 },
    { do: 'weigh', server: '1', weight: 0 },
    { do: 'probe', times: 4 },
  ] as const
  t.equal(line(replay(weightedRoundRobin(), three([3, 2, 1]), steps)), '3 2 3 2 2 3')
})
