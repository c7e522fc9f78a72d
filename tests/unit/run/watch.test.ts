import t from 'tap'
import { Watch } from '../../../src/run/watch.ts'
import type { Inspection, Invariant } from '../../../src/verdict/index.ts'
import { inspected } from '../verdict/support/inspected.ts'

const broken: Invariant = { name: 'one-master', text: 'one master', violations: () => ['two at 1.000 s'] }
const held: Invariant = { name: 'direct-answers', text: 'direct answers', violations: () => [] }

void t.test('a broken rule is a failed assertion, and says what broke it', async (t) => {
  const { cluster } = await inspected()
  const watch = new Watch()
  watch.add(cluster, broken)
  watch.add(cluster, held)
  t.same(await watch.lookBack(), [
    { text: 'always: one master', ok: false, detail: 'two at 1.000 s' },
    { text: 'always: direct answers', ok: true },
  ])
})

void t.test('a claim that breaks it on purpose says why, and the record shows both', async (t) => {
  const { cluster } = await inspected()
  const watch = new Watch()
  watch.add(cluster, broken, { 'one-master': 'it separates the directors', 'nat-hides': 'not this one' })
  t.match(await watch.lookBack(), [{ ok: true, excused: 'it separates the directors: two at 1.000 s' }])
  const other = new Watch()
  other.add(cluster, broken, { 'nat-hides': 'not this one' })
  t.match(await other.lookBack(), [{ ok: false }])
})

void t.test('what is broken on purpose is not in doubt, whatever lateness explains of it', async (t) => {
  const { cluster } = await inspected()
  const look = { violations: [], undecided: ['late at 2.000 s'] }
  const doubtful: Inspection = { name: 'probe-rhythm', text: 'rhythm', look: () => Promise.resolve(look) }
  const watch = new Watch()
  watch.add(cluster, doubtful, { 'probe-rhythm': 'it stops the checker' })
  const [assertion] = await watch.lookBack()
  t.match(assertion, { ok: true, excused: 'it stops the checker: late at 2.000 s' })
  t.notOk('undecided' in assertion!)
})

void t.test('a rule is watched once, from the first time on, and an excuse that comes later counts', async (t) => {
  const { cluster, clock } = await inspected()
  const since: number[] = []
  const rule: Invariant = { ...broken, violations: (_, from) => (since.push(from), ['x']) }
  const watch = new Watch()
  clock.time = 5
  watch.add(cluster, rule)
  clock.time = 9
  watch.add(cluster, rule, { 'one-master': 'why' })
  t.match(await watch.lookBack(), [{ ok: true, excused: 'why: x' }])
  t.same(since, [5])
})

void t.test(
  'an inspection shows what it rests on, what is undecided and excused; one that fails decides nothing',
  async (t) => {
    const { cluster } = await inspected()
    const look = { violations: [], undecided: ['late'], excused: ['killed'], seen: '3 probes' }
    const sound: Inspection = { name: 'probe-rhythm', text: 'rhythm', look: () => Promise.resolve(look) }
    const failing: Inspection = {
      name: 'kernel-logs',
      text: 'kernel',
      look: () => Promise.reject(new Error('no disk')),
    }
    const watch = new Watch()
    watch.add(cluster, sound)
    watch.add(cluster, failing)
    t.match(await watch.lookBack(), [
      { text: 'always: rhythm', ok: true, detail: '3 probes', undecided: 'late', excused: 'killed' },
      { text: 'always: kernel', ok: true, undecided: /could not be looked at: Error: no disk/ },
    ])
  },
)
