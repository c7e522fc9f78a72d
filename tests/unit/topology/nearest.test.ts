import t from 'tap'
import { didYouMean, nearest } from '../../../src/topology/nearest.ts'

void t.test('a swap, a slip and a missing letter are found', async (t) => {
  t.strictSame(nearest('dr-vrpp', ['dr-vrrp', 'nat-heartbeat']), ['dr-vrrp'])
  t.strictSame(nearest('rolse', ['roles', 'files']), ['roles'])
  t.strictSame(nearest('gatway', ['gateway']), ['gateway'])
})

void t.test('what is far away is not suggested', async (t) => {
  t.strictSame(nearest('xyz', ['dr-vrrp', 'nat-heartbeat']), [])
  t.equal(didYouMean('xyz', ['roles']), undefined)
})

void t.test('at most three are named, the best first', async (t) => {
  t.equal(
    didYouMean('node-1', ['node-4', 'node-3', 'node-2', 'node-10']),
    'did you mean "node-10" or "node-2" or "node-3"?',
  )
})
