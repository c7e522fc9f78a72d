import t from 'tap'
import { pickFo, pickOvf } from '../../../../src/verdict/schedulers/index.ts'
import { active, three } from './three.ts'

void t.test('fo stays with the highest weight, however loaded', async (t) => {
  t.equal(pickFo(three([3, 2, 1], active(100, 0, 0))), '1')
  t.equal(pickFo(three([0, 2, 1])), '2')
  t.equal(pickFo(three([2, 2, 1])), '2', 'of two alike the first in the list')
  t.equal(pickFo(three([0, 0, 0])), undefined)
})

void t.test(
  'ovf goes over to the next weight when active connections exceed the weight, not when they reach it',
  async (t) => {
    t.equal(pickOvf(three([3, 2, 1], active(3, 0, 0))), '1')
    t.equal(pickOvf(three([3, 2, 1], active(4, 0, 0))), '2')
    t.equal(pickOvf(three([3, 2, 1], active(4, 3, 0))), '3')
  },
)

void t.test('ovf refuses when all are over', async (t) => {
  t.equal(pickOvf(three([3, 2, 1], active(4, 3, 2))), undefined)
  t.equal(pickFo(three([3, 2, 1], active(4, 3, 2))), '1')
})
