import t, { type Test } from 'tap'
import { ClaimContext } from '../../../src/run/claim-context.ts'
import { atPhase } from '../../../src/run/sweep.ts'
import type { Lab } from '../../../src/cluster/index.ts'
import { advertEvent, ms } from '../fabric/support/scene.ts'
import { inspected, type Inspected } from '../verdict/support/inspected.ts'

const ADVERT = 1000
const DOWN = 3613

const window = {
  ...{ name: 'takeover', minMs: DOWN - ADVERT - 55, maxMs: DOWN + 50 },
  ...{ formula: 'f', source: 's', from: 'the fault', to: 'the first advert' },
}

/** What a claim that sweeps leaves, on a cluster whose successor takes over `DOWN` ms after the last advert. */
async function swept(t: Test, { phases = 8, lateMs = 0, extraMs = () => 0 }: SweptOptions = {}) {
  const { cluster, clock }: Inspected = await inspected({ lateMs })
  const topology = cluster.topology
  const context = new ClaimContext({
    ...{ claim: { id: 'sweep', title: 'a sweep', negative: false, timed: true, records: [] }, topology },
    lab: { host: { userland: { keepalived: '2.2.7' } } } as unknown as Lab,
    ...{ outDir: t.testdir(), folder: 'claims', attempt: 1, mode: undefined },
  })
  return context.run(async (c) => {
    await c.sweep(cluster, {
      ...{ name: 'takeover', window, phases },
      strike: (phase) => {
        // The last advert left at a whole second; the fault strikes a part of the interval later.
        clock.time += 60_000
        const since = ms(clock.time + phase * ADVERT)
        return Promise.resolve({ value: DOWN - phase * ADVERT + extraMs(phase), since })
      },
    })
  })
}

interface SweptOptions {
  readonly phases?: number
  readonly lateMs?: number
  readonly extraMs?: (phase: number) => number
}

void t.test('a sweep over all phases covers most of its window, and says how much', async (t) => {
  const record = await swept(t)
  t.match(record, { verdict: 'pass' })
  t.match(record.sweeps, [
    { name: 'takeover', points: { length: 8 }, lowSlackMs: 180, highSlackMs: 50, largestGapMs: 180 },
  ])
  t.match(record.figures, [{ name: 'coverage of the window: takeover', value: 0.792, unit: 'share' }])
  t.same(
    record.sweeps?.[0]?.points.map(({ phase }) => phase),
    [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875],
  )
})

void t.test('one phase, and the window looks far too wide', async (t) => {
  const [sweep] = (await swept(t, { phases: 1 })).sweeps ?? []
  t.match(sweep, { share: 0, largestGapMs: 1055 })
})

void t.test('a phase that misses the window fails the claim, and says which', async (t) => {
  const record = await swept(t, { extraMs: (phase) => (phase === 0.25 ? 900 : 0) })
  t.match(record, {
    verdict: 'fail',
    reason: /takeover: none of 8 phases misses its window \(4263 ms at phase 0\.25\)/,
  })
  t.match(record.sweeps?.[0]?.points[2], { within: false })
})

void t.test('a miss that lateness explains is undecided', async (t) => {
  const record = await swept(t, { lateMs: 700, extraMs: (phase) => (phase === 0.25 ? 900 : 0) })
  t.match(record, { verdict: 'inconclusive', reason: /takeover at phase 0\.250: 4263\.0 ms misses/ })
})

void t.test('a phase counts from the event that begins the interval', async (t) => {
  const { cluster, clock } = await inspected()
  clock.time = 500
  const anchor = { description: 'an advert', match: (event: { type: string }) => event.type === 'vrrp' }
  const moment = atPhase(cluster, { anchor, intervalMs: 1000, phase: 0.25 })
  cluster.wire.append([advertEvent(700, '10.0.0.1')])
  clock.time = 1000
  t.equal(await moment, 950, 'it is past, so at once')
})
