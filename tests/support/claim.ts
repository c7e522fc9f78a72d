import t from 'tap'
import { whyNot } from '../../src/report/index.ts'
import { findClaim, isSelected, runClaim } from '../../src/run/claim-session.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { declaredAt } from './declared-at.ts'
import { keepUp } from './keep-up.ts'
import { sabotageOf } from '../harness/sabotage/index.ts'

// Every wait below has a deadline of its own that says what it last saw; tap's would only say that time is up.
t.setTimeout(0)

/**
 * Declares the test that proves a claim. Each has clusters of its own, so none can spoil another's; what it measured goes
 * into the run record, and tap hears of every assertion.
 */
export function claim(id: string, body: (context: ClaimContext) => Promise<void>): void {
  const source = declaredAt(new Error().stack)
  void t.test(id, { timeout: 0 }, async (test) => {
    if (!(await isSelected(id))) return test.plan(0, 'not selected')
    const { claim: spec } = await findClaim(id)
    const record = await runClaim(id, body, { sabotageOf, hand: keepUp, ...(source && { source }) })
    test.comment(`${id} ${spec.title}: ${record.verdict}`)
    if (record.verdict === 'skip')
      return void test.pass(`skipped: ${record.reason ?? ''}`, { skip: record.reason ?? true })
    if (record.verdict === 'inconclusive')
      return void test.pass('inconclusive', { skip: `inconclusive: ${record.reason ?? ''}` })
    for (const { text, ok, detail } of record.assertions) test.ok(ok, text, detail === undefined ? {} : { detail })
    for (const { name, value, unit, window, within } of record.figures) {
      if (within !== undefined) test.ok(within, `${name}: ${value} ${unit} in ${window?.min}..${window?.max}`)
    }
    if (record.verdict === 'fail') test.fail(whyNot(record) ?? 'failed')
  })
}
