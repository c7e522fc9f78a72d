import t from 'tap'
import { verdictOf, type ClaimNotes } from '../../../src/run/claim-verdict.ts'
import type { Assertion, Figure } from '../../../src/run/record.ts'

const held: Assertion = { text: 'one answerer', ok: true }
const doubtful: Assertion = { text: 'always: rhythm', ok: true, undecided: '10.645 s: came 6571 ms after' }
const broken: Assertion = { text: 'one master', ok: false, detail: 'two' }
const outside: Figure = {
  ...{ name: 'takeover', value: 9, unit: 'ms', within: false },
  window: { min: 1, max: 5, formula: '', source: '' },
}
const verdict = (notes: Partial<ClaimNotes>) =>
  verdictOf({ assertions: [], figures: [], undecided: new Map(), ...notes }, undefined)

void t.test('a rule whose miss lateness explains leaves the claim inconclusive, and says why', async (t) => {
  t.match(verdict({ assertions: [held, doubtful] }), {
    verdict: 'inconclusive',
    reason: 'always: rhythm: the machine was late enough to cause that: 10.645 s: came 6571 ms after',
  })
  t.same(verdict({ assertions: [held] }), { verdict: 'pass' }, 'without it, it passes')
  t.same(verdict({ assertions: [{ ...held, excused: 'on purpose' }] }), { verdict: 'pass' }, 'as with an excuse')
})

void t.test('it hides nothing that is wrong for certain', async (t) => {
  t.match(verdict({ assertions: [doubtful, broken] }), { verdict: 'fail', reason: 'one master (two)' })
  t.match(verdict({ assertions: [doubtful], figures: [outside] }), { verdict: 'fail', reason: /^takeover: 9 ms/ })
})

void t.test('figures and rules in doubt are told together', async (t) => {
  const undecided = new Map([['takeover', 'takeover: 9 ms misses']])
  t.match(verdict({ assertions: [doubtful], figures: [outside], undecided }), {
    verdict: 'inconclusive',
    reason: /^takeover: 9 ms misses; always: rhythm/,
  })
})
