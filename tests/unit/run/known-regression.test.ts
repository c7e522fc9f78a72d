import t from 'tap'
import { findingOf, knownRegression } from '../../../src/run/known-regression.ts'

const of = (keepalived: string) =>
  knownRegression('reg-keepalived-2601', { keepalived, kernel: '6.1.0-56-cloud-amd64' })

void t.test('whether the version of a run is affected is told by the releases, not by the packages', async (t) => {
  t.match(await of('1:2.3.3-1'), { affected: true, since: '2.3.3', fixed: '2.3.4', program: 'keepalived' })
  t.match(await of('1:2.3.4-1+b2'), { affected: false })
  t.match(await of('1:2.2.7-1+b2'), { affected: false })
  t.match(
    await knownRegression('reg-keepalived-2704', { keepalived: '1:2.5.0-1', kernel: '6.1.0' }),
    { affected: false, last: '2.4.3' },
    'of a release that is newer than what is known nothing is said',
  )
  t.equal(await knownRegression('004-4', { keepalived: '2.3.3', kernel: '6.1.0' }), undefined)
})

void t.test('a failure is told with what is known of it, and so is one that did not come', async (t) => {
  const [bad, good] = [(await of('2.3.3'))!, (await of('2.3.4'))!]
  t.match(findingOf(bad, { verdict: 'fail' }), {
    text: /^a known regression of keepalived, since 2.3.3, fixed in 2.3.4, https:.*issues\/2601$/,
  })
  t.match(findingOf(good, { verdict: 'fail' })?.text, /known of other versions/)
  t.match(findingOf(bad, { verdict: 'pass' })?.text, /it holds, though/)
  t.equal(findingOf(good, { verdict: 'pass' }), undefined)
  t.equal(findingOf(bad, { verdict: 'inconclusive' }), undefined)
  t.equal(findingOf(bad, { verdict: 'fail', errorKind: 'infrastructure' }), undefined)
})
