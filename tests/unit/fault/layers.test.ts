import t from 'tap'
import { lay, wishFor } from '../../../src/fault/layers.ts'

/** All orders in which so many faults can be healed. */
function orders(count: number): number[][] {
  if (count === 0) return [[]]
  return orders(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) => order.toSpliced(at, 0, count - 1)),
  )
}

void t.test(
  'in whatever order faults heal, the newest that is left decides, and at last all is as before',
  async (t) => {
    const wishes = ['stopped', 'started', 'stopped', 'paused']
    for (const order of orders(wishes.length)) {
      const machine = {}
      let state = 'running'
      const lifts = wishes.map((wish) => {
        const lift = lay(machine, 'unit', state, wish)
        state = wish
        return lift
      })
      const left = new Set(wishes.keys())
      for (const index of order) {
        state = lifts[index]!() ?? state
        left.delete(index)
        const newest = Math.max(-1, ...left)
        t.equal(state, newest < 0 ? 'running' : wishes[newest], order.join(' '))
      }
      t.equal(wishFor(machine, 'unit'), undefined)
    }
  },
)

void t.test('things and machines are apart, and a layer is taken away once', async (t) => {
  const [one, other] = [{}, {}]
  const lift = lay(one, 'a', 'on', 'off')
  lay(one, 'b', 'on', 'off')
  lay(other, 'a', 'on', 'off')
  t.equal(wishFor(one, 'a'), 'off')
  t.equal(lift(), 'on')
  t.equal(lift(), undefined)
  t.equal(wishFor(one, 'b'), 'off')
  t.equal(wishFor(other, 'a'), 'off')
})
