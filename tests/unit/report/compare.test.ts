import { join } from 'node:path'
import t from 'tap'
import { compareFiles } from '../../../src/cli/compare-files.ts'
import { family, repeatsNeeded } from '../../../src/report/compare/family.ts'
import { differenceInterval, medianInterval, seeded } from '../../../src/report/compare/interval.ts'
import { rankTest } from '../../../src/report/compare/rank-test.ts'
import {
  compareRuns,
  renderCompareHtml,
  renderCompareText,
  writeReports,
  type Comparison,
} from '../../../src/report/index.ts'
import type { ClaimRecord, Figure, RunRecord } from '../../../src/run/record.ts'
import { launch, look, LOW_CONTRAST, OVERFLOW, VIEWS, withoutChromium } from './browser.ts'
import { hostileRun, sampleRun } from './sample-run.ts'

// Hundreds of comparisons, on a machine that may have other things to do.
t.setTimeout(0)

const [claim] = sampleRun.claims as readonly [ClaimRecord, ...ClaimRecord[]]
const TAKEOVER = { min: 2560, max: 3660, formula: 'f', source: 's' }

/** What a server's latency figures gain, ms. */
type Added = Readonly<Partial<Record<'node-1' | 'node-2', number>>>

/** 24 figures of four claims as a machine might measure them: skewed latencies, a takeover of random phase, shares. */
function measured(random: () => number, added: Added = {}, factor = 1): ClaimRecord[] {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const latency = (ms: number): number => factor * ms * Math.exp(0.25 * normal()) + (random() < 0.05 ? 10 : 0)
  const figure = (name: string, value: number, unit = 'ms'): Figure => ({ name, value, unit })
  const servers = (['node-1', 'node-2'] as const).flatMap((server) =>
    [50, 90, 99].map((q) => figure(`latency p${q} of ${server}`, latency(q / 12) + (added[server] ?? 0))),
  )
  const phase = TAKEOVER.min + random() * (TAKEOVER.max - TAKEOVER.min)
  return ['004-1', '004-2', '004-3', '004-4'].map((id) => ({
    ...{ ...claim, id, findings: [], evidence: [], timelines: [] },
    figures:
      id === '004-1'
        ? [...servers, { ...figure('takeover after the power cut', phase), window: TAKEOVER, within: true }]
        : [
            figure('removal', 100 + 7000 * random()),
            figure('share of node-1', 0.5 + 0.01 * normal(), 'share'),
            figure('requests lost', Math.floor(60 + 20 * random()), 'requests'),
            figure('always so', 2, 'count'),
            figure('client latency', latency(4)),
          ],
  }))
}

function run(random: () => number, repeats: number, added: Added = {}, factor = 1): RunRecord {
  const claims = Array.from({ length: repeats }, () => measured(random, added, factor)).flat()
  return { ...sampleRun, claims, verdict: 'pass' }
}

const names = ({ figures }: Comparison): string[] => figures.changed.map(({ id, name }) => `${id} ${name}`)

void t.test('the rank test is exact', async (t) => {
  // By hand: of the 20 ways to take 3 of 6 ranks, one has 1+2+3 and one 4+5+6.
  t.strictSame(rankTest([1, 2, 3], [4, 5, 6]), { p: 0.1, leastP: 0.1 })
  t.equal(rankTest([1, 3, 5], [2, 4, 6]).p, 0.7)
  t.strictSame(rankTest([1, 1, 1], [1, 1]), { p: 1, leastP: 1 }, 'what never varies shows nothing')
  // Fisher's exact test of 5/5 against 1/5: 2 × (25 + 1) / 252 … with both tails.
  const fisher = rankTest([1, 1, 1, 1, 1], [1, 0, 0, 0, 0])
  t.ok(Math.abs(fisher.p - 10 / 210) < 1e-12, String(fisher.p))
  t.strictSame(rankTest([5], [7]), { p: 1, leastP: 1 })
  t.strictSame(rankTest([], [7]), { p: 1, leastP: 1 })
})

void t.test('for many values the normal distribution agrees with the exact one', async (t) => {
  const random = seeded(5)
  const values = (count: number, shift: number): number[] => Array.from({ length: count }, () => random() + shift)
  for (const shift of [0, 0.05, 0.1, 0.2]) {
    const [a, b] = [values(32, 0), values(32, shift)]
    const exact = rankTest(a, b).p
    // One value more, in the middle, makes it too many for the exact one.
    const normal = rankTest([...a, 0.5], b).p
    t.ok(Math.abs(Math.log10(exact) - Math.log10(normal)) < 0.35, `${exact} and ${normal}`)
  }
})

void t.test('a family shares the rate among those tests that can decide at all', async (t) => {
  t.strictSame(family([1e-6, 1e-6, 1, 1, 1]), { level: 0.025, tests: 2 })
  t.strictSame(family([]), { level: 0.05, tests: 1 })
  t.equal(repeatsNeeded(1), 4, '2 / C(8, 4) = 0.029')
  t.equal(repeatsNeeded(100), 8, '2 / C(16, 8) = 0.00016')
})

void t.test('intervals hold the median about as often as they say, and are the same every time', async (t) => {
  const random = seeded(7)
  let held = 0
  for (let round = 0; round < 200; round++) {
    const interval = medianInterval(Array.from({ length: 15 }, random))
    if (interval && interval.from <= 0.5 && interval.to >= 0.5) held += 1
  }
  t.ok(held >= 180, `${held} of 200`)
  t.strictSame(medianInterval([1, 2, 3, 4, 5]), medianInterval([1, 2, 3, 4, 5]))
  t.equal(medianInterval([1, 2]), undefined)
  t.equal(differenceInterval([1, 2, 3], [1]), undefined)
})

void t.test('two runs of the same: false alarms are no more frequent than stated', async (t) => {
  const rounds = 300
  let alarms = 0
  for (let seed = 1; seed <= rounds; seed++) {
    const random = seeded(seed)
    if (compareRuns(run(random, 10), run(random, 10)).different) alarms += 1
  }
  // 5 % of 300 are 15; 25 or more would come by chance once in a hundred times if the rate were just kept.
  t.ok(alarms < 25, `${alarms} of ${rounds} comparisons named something`)
  t.comment(`${alarms} of ${rounds}`)
})

void t.test('5 ms more to one server are named in its figures and only those', async (t) => {
  const rounds = 60
  const wanted = ['004-1 latency p50 of node-1', '004-1 latency p90 of node-1', '004-1 latency p99 of node-1']
  let [all, others] = [0, 0]
  for (let seed = 1; seed <= rounds; seed++) {
    const random = seeded(1000 + seed)
    const comparison = compareRuns(run(random, 20), run(random, 20, { 'node-1': 5 }))
    const named = names(comparison)
    if (wanted.every((name) => named.includes(name))) all += 1
    if (named.some((name) => !wanted.includes(name)) || comparison.windows.left.length > 0) others += 1
    if (named.length > 0) t.equal(comparison.worse, true)
  }
  t.ok(all >= 0.9 * rounds, `all three in ${all} of ${rounds}`)
  t.ok(others <= 8, `another in ${others} of ${rounds}`)
})

void t.test(
  'one measurement each: nothing is called changed, but a figure that left its window is named',
  async (t) => {
    const random = seeded(3)
    const [a, b] = [run(random, 1), run(random, 1, { 'node-1': 5 })]
    const calm = compareRuns(a, b)
    t.strictSame(names(calm), [])
    t.equal(calm.different, false)
    t.ok(calm.figures.undecided.length > 10)
    const text = renderCompareText(calm, { color: false, width: 100 })
    t.match(text, 'no difference')
    t.match(text.replace(/\s+/g, ' '), /cannot tell of \d+ figures: one measurement each; --repeat \d+ of both runs/)

    const late = b.claims.map((one) => ({
      ...one,
      ...(one.id === '004-1' && { verdict: 'fail' as const, reason: 'too late' }),
      figures: one.figures.map((figure) => (figure.window ? { ...figure, value: 4100, within: false } : figure)),
    }))
    const left = compareRuns(a, { ...b, claims: late })
    const of = new Set(a.claims.map(({ id }) => id)).size
    t.strictSame(
      [calm.alike, left.alike],
      [
        { claims: of, of },
        { claims: of - 1, of },
      ],
      'verdicts are set side by side',
    )
    t.match(text, `Verdicts: ${of} of ${of}`)
    t.match(left.windows.left, [
      { id: '004-1', name: 'takeover after the power cut', b: { outside: 1, of: 1, median: 4100 } },
    ])
    t.match(left.verdicts, [{ id: '004-1', a: { pass: 1 }, b: { fail: 1 }, direction: 'worse', reason: 'too late' }])
    t.equal(left.worse, true)
    const back = compareRuns({ ...b, claims: late }, a)
    t.match(back, { worse: false, different: true, windows: { left: { length: 0 }, cameBack: [{ id: '004-1' }] } })
    const undecided = late.map((one) => (one.id === '004-1' ? { ...one, verdict: 'inconclusive' as const } : one))
    t.strictSame(compareRuns(a, { ...b, claims: undecided }).windows.left, [], 'a miss that lateness explains is none')
  },
)

void t.test('a figure that moves within its window is no change by that alone', async (t) => {
  const random = seeded(11)
  const [a, b] = [run(random, 1), run(random, 1)]
  const moved =
    (to: number) =>
    (one: ClaimRecord): ClaimRecord => ({
      ...one,
      figures: one.figures.map((figure) => (figure.window ? { ...figure, value: to } : figure)),
    })
  const comparison = compareRuns(
    { ...a, claims: a.claims.map(moved(2600)) },
    { ...b, claims: b.claims.map(moved(3600)) },
  )
  t.equal(comparison.different, false)
  t.ok(comparison.figures.undecided.some(({ name }) => name.startsWith('takeover')))
})

void t.test('nothing below the noise that two runs of the same showed', async (t) => {
  const random = seeded(21)
  // This machine is a third slower or faster from one hour to the next.
  const [a, b] = [run(random, 12), run(random, 12, {}, 1.35)]
  const noise = [run(random, 12), run(random, 12, {}, 1.35)] as const
  t.ok(names(compareRuns(a, b)).length > 0, 'without the noise record it looks like a change')
  const calm = compareRuns(a, b, noise)
  t.strictSame(names(calm), [])
  t.ok(calm.figures.belowNoise > 0)
  const slow = compareRuns(a, run(random, 12, { 'node-1': 25 }), noise)
  t.strictSame(
    names(slow).filter((name) => name.includes('node-1')),
    ['004-1 latency p50 of node-1', '004-1 latency p90 of node-1', '004-1 latency p99 of node-1'],
  )
  t.notOk(names(slow).some((name) => name.includes('node-2')))
})

void t.test('claims and findings that came and went, and what the runs were made with', async (t) => {
  const random = seeded(31)
  const a = run(random, 1)
  const finding = (text: string) => [{ text }]
  const [first, ...rest] = a.claims as readonly [ClaimRecord, ...ClaimRecord[]]
  const withFinding = { ...a, claims: [{ ...first, findings: finding('an outage of 3.7 s') }, ...rest] }
  const same = { ...a, claims: [{ ...first, findings: finding('an outage of 4.1 s') }, ...rest] }
  t.equal(compareRuns(withFinding, same).different, false, 'numbers in a finding vary')
  const b = { ...a, kernel: '6.12.0', claims: [first, ...rest.slice(1), { ...first, id: '004-9', title: 'new' }] }
  t.match(compareRuns(withFinding, b), {
    settings: [{ name: 'kernel under test', b: '6.12.0' }],
    claims: { added: [{ id: '004-9' }], removed: [{ id: '004-2' }] },
    findings: { appeared: { length: 0 }, vanished: [{ id: '004-1', text: 'an outage of 3.7 s' }] },
    different: true,
    worse: false,
  })
})

void t.test('what varies within a run is tested, what does not is named', async (t) => {
  const random = seeded(41)
  const a = run(random, 20)
  const failing = (often: number): RunRecord => {
    let seen = 0
    const fail = { verdict: 'fail' as const, reason: 'no' }
    return { ...a, claims: a.claims.map((one) => (one.id === '004-2' && seen++ < often ? { ...one, ...fail } : one)) }
  }
  t.strictSame(compareRuns(a, failing(1)).verdicts, [], 'once in twenty may be chance')
  t.match(compareRuns(a, failing(15)).verdicts, [{ id: '004-2', b: { fail: 15, pass: 5 }, direction: 'worse' }])
  t.match(compareRuns(a, failing(20)).verdicts, [{ id: '004-2', b: { fail: 20 } }])
  t.match(compareRuns(failing(20), failing(5)).verdicts, [{ direction: 'better' }])
})

void t.test('the command: exit code, JSON that is the comparison, a page', async (t) => {
  const dir = t.testdir()
  const random = seeded(51)
  for (const [name, record] of Object.entries({ a: run(random, 10), b: run(random, 10, { 'node-1': 50 }) }))
    await writeReports(record, join(dir, name))
  const written: string[] = []
  const capture = t.capture(process.stdout, 'write', (text: string) => void written.push(text))
  const worse = await compareFiles(join(dir, 'a'), join(dir, 'b'), { json: true, html: join(dir, 'compare.html') })
  capture.restore()
  t.equal(worse, true)
  const comparison = JSON.parse(written.join('')) as Comparison
  t.equal(comparison.schema, 'lvslab.compare/1')
  t.equal(comparison.figures.changed.length, 3)
  const text = renderCompareText(comparison, { color: false, width: 80 })
  t.match(text, /▲ 004-1 latency p50 of node-1 \+\d+(\.\d+)? ms \(/)
  t.ok(
    text.split('\n').every((line) => [...line].length <= 80),
    text,
  )
  await t.rejects(compareFiles(dir, dir, { json: true, noise: [dir] }), { code: 'LVSLAB_E_NOISE', exitCode: 2 })
})

void t.test('the page in Chromium', { skip: withoutChromium }, async (t) => {
  const dir = t.testdir()
  const random = seeded(61)
  const many = run(random, 10)
  const comparisons = {
    changed: compareRuns(many, run(random, 10, { 'node-1': 50 }), [run(random, 2), run(random, 2)]),
    same: compareRuns(sampleRun, sampleRun),
    hostile: compareRuns(sampleRun, hostileRun()),
  }
  const { writeFile } = await import('node:fs/promises')
  const browser = await launch()
  t.teardown(() => browser.close())
  for (const [name, comparison] of Object.entries(comparisons)) {
    const path = join(dir, `${name}.html`)
    const page = renderCompareHtml(comparison)
    t.notMatch(page, /<(script|img)/)
    await writeFile(path, page)
    for (const view of VIEWS) {
      const seen = await look(browser, path, view)
      t.equal(await seen.page.evaluate(OVERFLOW), 0, `${name} at ${view.width}: no horizontal scroll`)
      t.strictSame(
        await seen.page.evaluate(LOW_CONTRAST),
        [],
        `${name} at ${view.width}, ${view.colorScheme}: contrast`,
      )
      t.strictSame([...seen.complaints, ...seen.requests], [])
      const shots = process.env['LVSLAB_REPORT_SHOTS']
      if (shots !== undefined && name === 'changed')
        await seen.page.screenshot({
          path: join(shots, `compare-${view.width}-${view.colorScheme}.png`),
          fullPage: true,
        })
      await seen.page.close()
    }
  }
})
