import t from 'tap'
import { renderHtml, renderTerminal } from '../../../src/report/index.ts'
import { runSchema } from '../../../src/report/run-schema.ts'
import type { RunRecord, Sweep } from '../../../src/run/record.ts'
import { sampleRun } from './sample-run.ts'

const sweep: Sweep = {
  name: 'takeover <after> the cable',
  window: { min: 2558.281, max: 3663.281, formula: '3 × 1 s', source: 'RFC 3768 6.1' },
  points: [
    { phase: 0, value: 3612, within: true },
    { phase: 0.5, value: 3110, within: true },
    { phase: 0.75, value: 4000, within: false },
  ],
  ...{ share: 0.4543, largestGapMs: 552, lowSlackMs: 552, highSlackMs: 51 },
}
const run: RunRecord = {
  ...sampleRun,
  claims: sampleRun.claims.map((claim, index) => (index === 0 ? { ...claim, sweeps: [sweep] } : claim)),
}

void t.test('a swept window is drawn with a dot for every measurement', async (t) => {
  const page = renderHtml(run)
  t.equal(page.match(/class="bar-dot in"/g)?.length, 2)
  t.equal(page.match(/class="bar-dot out"/g)?.length, 1)
  t.match(page, 'takeover &lt;after&gt; the cable')
  t.match(page.replaceAll('\u202f', ' '), 'covers 45.4 % of 2.56–3.66 s; largest gap 552 ms')
  t.notMatch(renderHtml(sampleRun), /class="bar-dot/, 'nothing where nothing was swept')
})

void t.test('the terminal says how much of the window was covered', async (t) => {
  const text = renderTerminal(run, { color: false, width: 200 })
  t.match(text, 'takeover <after> the cable, 3 phases: covers 45.4 % of 2.56–3.66 s')
})

void t.test('a record with a sweep, an excuse and a doubt is one that reports can read', async (t) => {
  const [claim] = run.claims
  const assertions = [{ text: 'x', ok: true, excused: 'on purpose', undecided: 'late' }]
  const read = runSchema.parse(JSON.parse(JSON.stringify({ ...run, claims: [{ ...claim, assertions }] })))
  t.match(read.claims, [{ sweeps: [{ share: 0.4543, points: { length: 3 } }], assertions }])
  const page = renderHtml({ ...run, claims: [{ ...claim!, assertions }] })
  t.match(page, 'excused: on purpose')
  t.match(page, 'not decided: late')
})
