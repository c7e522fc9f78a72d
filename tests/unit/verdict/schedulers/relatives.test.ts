import t from 'tap'
import {
  newScheduler,
  replay,
  SCHEDULER_NAMES,
  type SchedulerName,
  type Step,
} from '../../../../src/verdict/schedulers/index.ts'
import { UsageError } from '../../../../src/errors.ts'
import { line, three } from './three.ts'

const HASHES: readonly SchedulerName[] = ['dh', 'sh', 'mh']

const picksOf = (name: SchedulerName, weights: readonly [number, number, number], steps: readonly Step[]): string =>
  line(replay(newScheduler(name), three(weights), steps))

void t.test(
  'one experiment tells all schedulers that do not hash apart: weights 4 2 1, hold 5, free nat-3, hold 4',
  async (t) => {
    const steps: Step[] = [
      { do: 'hold', times: 5 },
      { do: 'release', server: '3' },
      { do: 'hold', times: 4 },
    ]
    const expected: Partial<Record<SchedulerName, string>> = {
      rr: '3 2 1 3 2 1 3 2 1',
      wrr: '3 2 1 1 1 2 1 3 2',
      lc: '3 2 1 3 2 3 1 3 2',
      wlc: '3 2 1 1 2 3 1 1 2',
      lblc: '3 3 2 2 2 1 1 1 1',
      lblcr: '3 3 2 2 2 3 3 1 1',
      sed: '1 2 1 1 3 3 2 1 1',
      nq: '3 2 1 1 1 3 2 1 1',
      fo: '1 1 1 1 1 1 1 1 1',
      ovf: '1 1 1 1 1 2 2 2 3',
    }
    const names = SCHEDULER_NAMES.filter((name) => !HASHES.includes(name))
    for (const name of names) t.equal(picksOf(name, [4, 2, 1], steps), expected[name], name)
    const firstSix = names.map((name) => expected[name]!.slice(0, 11))
    t.equal(new Set(firstSix).size, names.length, 'the first six connections suffice')
  },
)

void t.test(
  'requests one by one leave inactive entries: lc looks like rr, wlc like wrr; sed and nq do not move',
  async (t) => {
    const expected: Partial<Record<SchedulerName, string>> = {
      rr: '3 2 1 3 2 1',
      lc: '3 2 1 3 2 1',
      wrr: '3 2 1 1 2 1',
      wlc: '3 2 1 1 2 1',
      lblc: '3 3 3 3 3 3',
      lblcr: '3 3 3 3 3 3',
      nq: '3 3 3 3 3 3',
      sed: '1 1 1 1 1 1',
      fo: '1 1 1 1 1 1',
      ovf: '1 1 1 1 1 1',
    }
    for (const name of SCHEDULER_NAMES) {
      const picks = picksOf(name, [3, 2, 1], [{ do: 'probe', times: 6 }])
      if (HASHES.includes(name)) t.match(picks, /^(\d)( \1){5}$/, name)
      else t.equal(picks, expected[name], name)
    }
  },
)

void t.test('a server that is taken out of the table gets nothing more', async (t) => {
  const steps: Step[] = [
    { do: 'probe', times: 3 },
    { do: 'remove', server: '2' },
    { do: 'probe', times: 3 },
  ]
  t.equal(picksOf('lc', [1, 1, 1], steps), '3 2 1 3 1 3')
})

void t.test('a step about a server that is not there is a mistake of the caller', async (t) => {
  const steps: Step[] = [{ do: 'release', server: 'nat-9' }]
  t.throws(() => replay(newScheduler('rr'), three([1, 1, 1]), steps), UsageError)
})
