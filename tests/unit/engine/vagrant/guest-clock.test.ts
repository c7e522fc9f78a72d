import t from 'tap'
import { GuestClock } from '../../../../src/engine/vagrant/guest-clock.ts'

/** The guest is 5000 ms ahead and looks at its clock `lookMs` after it was asked. */
function exchange(askedMs: number, lookMs: number, answeredMs: number): Parameters<GuestClock['add']>[0] {
  return { askedMs, guestMs: askedMs + lookMs + 5_000, answeredMs }
}

void t.test('before it was asked, nothing is known', (t) => {
  t.notOk(new GuestClock().known)
  t.end()
})

void t.test('one exchange bounds the clock by half the time that it took, and holds the truth', (t) => {
  const clock = new GuestClock()
  clock.add(exchange(100, 2, 120))
  t.ok(clock.known)
  t.equal(clock.uncertaintyMs, 10)
  t.ok(Math.abs(clock.toHost(5_500) - 500) <= clock.uncertaintyMs)
  t.end()
})

void t.test('several exchanges bound it together: late answers and late questions alike', (t) => {
  const clock = new GuestClock()
  // The answer was late: the clock was looked at in the beginning; then the question was.
  clock.add(exchange(100, 1, 150))
  clock.add(exchange(200, 49, 250))
  t.ok(clock.uncertaintyMs < 2, `${clock.uncertaintyMs} ms`)
  t.ok(Math.abs(clock.toHost(10_000) - 5_000) <= clock.uncertaintyMs)
  t.end()
})

void t.test('an old bound counts less and less: clocks drift', (t) => {
  const clock = new GuestClock()
  clock.add(exchange(0, 0.5, 1))
  clock.add(exchange(20_000, 20, 20_040))
  t.ok(clock.uncertaintyMs > 5 && clock.uncertaintyMs < 20, `${clock.uncertaintyMs} ms`)
  t.end()
})

void t.test('a clock that was set makes what was known of it void', (t) => {
  const clock = new GuestClock()
  clock.add(exchange(100, 1, 102))
  clock.add({ askedMs: 200, guestMs: 90_000, answeredMs: 204 })
  t.equal(clock.uncertaintyMs, 2)
  t.ok(Math.abs(clock.toHost(90_000) - 202) <= 2)
  t.end()
})
