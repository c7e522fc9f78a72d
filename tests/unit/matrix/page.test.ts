import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import t from 'tap'
import { figureChanges } from '../../../src/matrix/figure-changes.ts'
import { judged } from '../../../src/matrix/judge.ts'
import type { CellRecord } from '../../../src/matrix/night.ts'
import { renderNight } from '../../../src/matrix/page.ts'
import { launch, look, LOW_CONTRAST, OVERFLOW, VIEWS, withoutChromium } from '../report/browser.ts'
import { cell, historyOf, night } from './sample-night.ts'

const page = (cells: readonly CellRecord[], history = historyOf()): string =>
  renderNight(judged(night(cells), history, [], '2026-11-20'), history, '/nights/2026-11-20')

void t.test('a cell for each combination, with its verdict in words, leading to its report', async (t) => {
  const cells = [
    cell('6.1', '2.2.7', { '004-4': 'pass', '004-5': 'pass' }),
    cell('6.12', '2.2.7', { '004-4': 'fail', '004-5': 'pass' }),
    { ...cell('6.1', '2.3.3'), state: 'broken' as const, reason: 'no <mirror>\nmore' },
    { ...cell('6.12', '2.3.3'), state: 'planned' as const },
  ]
  const text = page(cells)
  t.match(text, /is-pass">\s*<a href="\.\/cells\/kernel-6\.1\.keepalived-2\.2\.7\/report\.html">✓ 2 pass<\/a>/)
  t.match(text, /is-fail">\s*<a [^>]*>✗ 1 fail, 1 pass<\/a>\s*<span class="detail"\s*><b>004-4<\/b> worse/)
  t.match(text, /href="\.\/cells\/kernel-6\.1\.keepalived-2\.3\.3\/run\.log">⚠ no result/)
  t.match(text, 'no &lt;mirror&gt;')
  t.match(text, 'not yet')
  t.match(text, '<span class="value">3620</span>')
  t.match(text, '✗ outside its window')
  t.match(text, /The same in all cells and nights:\s+takeover 3620 ms/, '004-5 needs no table')
  t.notMatch(text, /<script/)
})

void t.test('earlier nights: what was, and the trend', async (t) => {
  const held = night([cell('6.1', '2.2.7', { '004-4': 'pass' })])
  const failed = night([cell('6.1', '2.2.7', { '004-4': 'fail' })])
  const tonight = { ...cell('6.1', '2.2.7'), claims: [{ ...held.cells[0]!.claims[0]! }] }
  tonight.claims[0]!.figures = [{ name: 'takeover', value: 3700, unit: 'ms' }]
  const text = page([tonight], historyOf(held, failed))
  t.match(text, /<svg class="trend"[^>]*aria-label="2 earlier nights and tonight, ms: 3620 to 3700"/)
  t.match(text, /Nothing got worse,\s+1 got better\s+since/)
  t.match(text, 'href="../2026-11-18/nightly.html"')
  t.match(text, /title="6\.1, 2\.2\.7: 1 failed">\s*✗ 1/)
})

/** A claim's figure, as often as it was proven. */
function measured(kernel: string, keepalived: string, samples: readonly number[]): CellRecord {
  const figure = { name: 'takeover', value: samples[Math.floor(samples.length / 2)]!, unit: 'ms' }
  const figures = [{ ...figure, ...(samples.length > 1 ? { samples: [...samples] } : {}) }]
  return { ...cell(kernel, keepalived), claims: [{ id: '004-4', verdict: 'pass', figures }] }
}
const around = (ms: number): number[] => [-3, -2, -1, 0, 1, 2, 3].map((more) => ms + more)

void t.test('a figure that is another with the next version is marked, one that may be noise is not', async (t) => {
  const tonight = night([
    measured('6.1', 'a', around(3600)),
    measured('6.12', 'a', around(3640)),
    measured('7.2', 'a', around(3641)),
  ])
  const marks = ({ rows }: ReturnType<typeof figureChanges>) =>
    [...rows[0]!.cells.values()].map((one) => one.changes.map(({ against }) => against))
  const first = figureChanges(tonight, historyOf())
  t.same(marks(first), [[], [], []], 'a first night does not know how far the machine is from itself')
  t.equal(first.withoutFloor, 1)
  const second = figureChanges(tonight, historyOf(tonight))
  t.same(marks(second), [[], ['kernel 6.1'], []])
  const { rows, repeatsNeeded } = second
  t.equal(rows[0]?.cells.get(tonight.cells[1]!.id)?.changes[0]?.difference, 40)
  t.equal(repeatsNeeded, undefined)
})

void t.test('measured once, nothing is called another, and it is said how often it takes', async (t) => {
  const tonight = night([measured('6.1', 'a', [3600]), measured('6.12', 'a', [9000])])
  const { rows, repeatsNeeded } = figureChanges(tonight, historyOf())
  t.ok([...rows[0]!.cells.values()].every(({ changes }) => changes.length === 0))
  t.equal(repeatsNeeded, 4, '2 / C(8, 4) is the first that is at most 5 %')
})

void t.test('nights of the same versions count as repetitions, and their differences are the floor', async (t) => {
  const nightOf = (one: number, other: number) =>
    night([measured('6.1', 'a', around(one)), measured('6.12', 'a', around(other))])
  const steady = figureChanges(nightOf(3600, 3640), historyOf(nightOf(3601, 3641), nightOf(3599, 3639)))
  t.same(
    [...steady.rows[0]!.cells.values()].map(({ changes }) => changes.map(({ against }) => against)),
    [[], ['kernel 6.1']],
  )
  // The same difference, on a machine on which nights lie 60 ms apart from each other.
  const restless = figureChanges(nightOf(3600, 3640), historyOf(nightOf(3660, 3700), nightOf(3600, 3640)))
  t.same(
    [...restless.rows[0]!.cells.values()].map(({ changes }) => changes.map(({ against }) => against)),
    [[], []],
  )
})

void t.test('a whole night, looked at', { skip: withoutChromium }, async (t) => {
  const kernels = ['5.10.0-46', '6.1.0-56', '6.12.117+deb13', '7.2.13+deb14']
  const keepaliveds = ['2.1.5-0.2+deb11u1', '2.2.7-1+b2', '2.3.3-1', '2.3.4-1+b2']
  const cells = (shift: number, isRed = true): CellRecord[] =>
    kernels.flatMap((kernel, row) =>
      keepaliveds.map((keepalived, column): CellRecord => {
        const one = measured(kernel, keepalived, around(3600 + shift + (column === 3 ? 200 : 0)))
        if (row === 3 && column === 0) return { ...one, state: 'broken', reason: 'kernel 7.2 could not be built' }
        const verdict =
          row === 1 && column === 3 && isRed ? 'fail' : column === 2 && row === 0 ? 'inconclusive' : 'pass'
        return { ...one, claims: one.claims.map((claim) => ({ ...claim, verdict })) }
      }),
    )
  const history = historyOf(...Array.from({ length: 5 }, (_, n) => night(cells((n * 7) % 5, n === 2))))
  const path = join(t.testdir(), 'nightly.html')
  await writeFile(path, page(cells(2), history))
  const browser = await launch()
  t.teardown(() => browser.close())
  for (const view of VIEWS) {
    const { page: shown, complaints, requests } = await look(browser, path, view)
    const name = `${view.width} px, ${view.colorScheme}`
    t.equal(await shown.evaluate(OVERFLOW), 0, `${name}: nothing sticks out`)
    t.same(await shown.evaluate(LOW_CONTRAST), [], `${name}: every text can be read`)
    t.same([complaints, requests], [[], []], `${name}: it asks for nothing`)
    const folder = process.env['LVSLAB_PICTURES']
    if (folder !== undefined)
      await shown.screenshot({ path: join(folder, `night-${view.width}-${view.colorScheme}.png`), fullPage: true })
    await shown.close()
  }
})
