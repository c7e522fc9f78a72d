import t from 'tap'
import { pickLc, pickNq, pickSed, pickWlc, tableOrder } from '../../../../src/verdict/schedulers/index.ts'
import { active, three } from './three.ts'

void t.test('a server that is added goes to the front of the list, and the front wins a tie', async (t) => {
  t.same(tableOrder(['nat-1', 'nat-2', 'nat-3']), ['nat-3', 'nat-2', 'nat-1'])
  for (const pick of [pickLc, pickWlc, pickSed, pickNq]) t.equal(pick(three([1, 1, 1])), '3')
})

void t.test('lc counts connections and ignores weights', async (t) => {
  t.equal(pickLc(three([9, 1, 1], active(2, 1, 2))), '2')
})

void t.test('an active connection weighs as much as 256 inactive ones', async (t) => {
  t.equal(pickLc(three([1, 1, 0], [{ active: 1 }, { inactive: 255 }])), '2')
  t.equal(pickLc(three([1, 1, 0], [{ active: 1 }, { inactive: 257 }])), '1')
  t.equal(pickLc(three([1, 1, 0], [{ active: 1 }, { inactive: 256 }])), '2', 'equal: the first in the list')
})

void t.test('wlc divides by the weight: 2/4 is less than 1/1 and 1/1', async (t) => {
  t.equal(pickWlc(three([4, 1, 1], active(2, 1, 1))), '1')
  t.equal(pickLc(three([4, 1, 1], active(2, 1, 1))), '3')
})

void t.test('sed counts the new connection too: (0+1)/1 against (1+1)/4, where wlc sees 0 against 1/4', async (t) => {
  t.equal(pickSed(three([4, 1, 1], active(1, 0, 0))), '1')
  t.equal(pickWlc(three([4, 1, 1], active(1, 0, 0))), '3')
})

void t.test('sed and nq do not see inactive connections', async (t) => {
  const busy = three([1, 1, 1], [{ inactive: 0 }, { inactive: 0 }, { inactive: 5000 }])
  t.equal(pickSed(busy), '3')
  t.equal(pickNq(busy), '3')
  t.equal(pickLc(busy), '2')
})

void t.test('nq sends to the idle one however small it is, and else as sed', async (t) => {
  t.equal(pickNq(three([9, 9, 1], active(1, 1, 0))), '3')
  t.equal(pickSed(three([9, 9, 1], active(1, 1, 0))), '2')
  t.equal(pickNq(three([9, 9, 1], active(1, 1, 1))), '2')
})

void t.test('neither weight 0 nor a server at its threshold gets any', async (t) => {
  for (const pick of [pickLc, pickWlc, pickSed, pickNq]) {
    t.equal(pick(three([1, 0, 1], [{ active: 9 }, {}, { overloaded: true }])), '1')
    t.equal(pick(three([0, 0, 0])), undefined)
    t.equal(pick([]), undefined)
  }
})
