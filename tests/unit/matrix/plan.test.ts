import t from 'tap'
import { readOffers } from '../../../src/image/suite-index.ts'
import { estimate } from '../../../src/matrix/estimate.ts'
import { cellsOf, distinct, inOrder, keepalivedValue, kernelValue, likelihoodOf } from '../../../src/matrix/plan.ts'
import { partOf } from '../../../src/run/part-of.ts'
import { cell, historyOf, night } from './sample-night.ts'

const bookworm = readOffers(
  'bookworm',
  `keepalived 1:2.2.7-1+b2 bookworm
linux-image-cloud-amd64 6.1.192-2 bookworm-security
linux-image-6.1.0-56-cloud-amd64 6.1.192-2 bookworm-security
linux-image-6.12.117+deb12-cloud-amd64 6.12.117-1~deb12u1 bookworm-security`,
)
const value = (name: string) => ({ wish: name, name })

void t.test('a suite stands for what it has today, and its usual kernel is not the newest', async (t) => {
  t.same(kernelValue('bookworm', bookworm), {
    asked: 'bookworm',
    wish: 'linux-image-6.1.0-56-cloud-amd64',
    name: '6.1.0-56',
  })
  t.same(keepalivedValue('bookworm', bookworm), { asked: 'bookworm', wish: '1:2.2.7-1+b2', name: '2.2.7-1+b2' })
  t.same(kernelValue('./linux/bzImage', undefined), {
    asked: './linux/bzImage',
    wish: './linux/bzImage',
    name: 'bzImage',
  })
})

void t.test('a version stands for the package that it was found to be', async (t) => {
  const source = { kind: 'package', name: '6.1.0-56', suite: 'bookworm', package: 'linux-image-6.1.0-56-x' } as const
  t.same(kernelValue('6.1', undefined, source), { asked: '6.1', wish: 'linux-image-6.1.0-56-x', name: '6.1.0-56' })
})

void t.test('what is asked for twice is there once, and two files of one name stay two', async (t) => {
  const values = [
    kernelValue('bookworm', bookworm),
    { ...kernelValue('bookworm', bookworm), asked: '6.1' },
    ...['/a/bzImage', '/b/bzImage'].map((path) => kernelValue(path, undefined)),
  ]
  t.same(
    distinct(values).map(({ name }) => name),
    ['6.1.0-56', '/a/bzImage', '/b/bzImage'],
  )
  t.equal(new Set(cellsOf(distinct(values), [value('2.2.7')]).map(({ id }) => id)).size, 3)
})

void t.test('every kernel with every keepalived, each with a name that a folder may have', async (t) => {
  const cells = cellsOf([value('5.10'), value('6.12.107+deb13')], [value('2.2.7'), value('a b')])
  t.same(
    cells.map(({ id }) => id),
    [
      'kernel-5.10.keepalived-2.2.7',
      'kernel-5.10.keepalived-a_b',
      'kernel-6.12.107+deb13.keepalived-2.2.7',
      'kernel-6.12.107+deb13.keepalived-a_b',
    ],
  )
})

void t.test('what failed comes first, then what is new, then what failed once, then what takes least', async (t) => {
  const [red, once, slow, quick, fresh] = [
    cell('1', 'a', { x: 'fail' }),
    cell('2', 'a', { x: 'pass' }),
    { ...cell('3', 'a', { x: 'pass' }), durationMs: 90_000 },
    cell('4', 'a', { x: 'pass' }),
    cell('5', 'a'),
  ] as const
  const history = historyOf(night([cell('2', 'a', { x: 'fail' })]), night([red, once, slow, quick]))
  const order = inOrder([slow, quick, once, fresh, red], history)
  t.same(
    order.map(({ kernelName }) => kernelName),
    ['1', '5', '2', '4', '3'],
  )
  t.same(
    order.map((one) => likelihoodOf(one, history)),
    ['failed last', 'new versions', 'failed before', 'passed', 'passed'],
  )
})

void t.test("a suite's newer kernel is new, and known by what was asked for", async (t) => {
  const asked = { kernel: 'bookworm', keepalived: '2.2.7' }
  const before = { ...cell('6.1.0-53', '2.2.7', { x: 'pass' }), asked, durationMs: 50_000 }
  const now = { ...cell('6.1.0-56', '2.2.7'), asked }
  const history = historyOf(night([before]))
  t.equal(likelihoodOf(now, history), 'new versions')
  t.same(
    history.of(now).map((one) => one.cell.id),
    [before.id],
  )
  const { cells } = estimate([now], { history, work: night([]), claimsMs: undefined, toBuild: [], built: [] })
  t.equal(cells.get(now.id), 50_000)
})

void t.test('shards have everything once, and about as much to do', async (t) => {
  const things = Array.from({ length: 11 }, (_, n) => ({ id: `cell ${n}`, durationMs: 10_000 * (n + 1) }))
  const part = (index: number, count: number, tookMs: (thing: (typeof things)[number]) => number | undefined) =>
    partOf(things, { index, count }, ({ id }) => id, tookMs)
  for (const count of [1, 2, 3, 4]) {
    const parts = Array.from({ length: count }, (_, n) => part(n + 1, count, ({ durationMs }) => durationMs))
    t.same(
      parts
        .flat()
        .map(({ id }) => id)
        .sort(),
      things.map(({ id }) => id).sort(),
      `${count} parts`,
    )
    const sums = parts.map((one) => one.reduce((sum, { durationMs }) => sum + durationMs, 0))
    // The longest first: no part exceeds another by more than the shortest thing that it was given last.
    t.ok(Math.max(...sums) - Math.min(...sums) <= 40_000, `${count} parts: ${sums.join()}`)
  }
  const alone = part(1, 2, () => undefined)
  t.ok(alone.length === 5 || alone.length === 6, 'where nobody knows how long they take, all count the same')
})

void t.test('what a night takes: as it took last, else as the others, else as its claims do alone', async (t) => {
  const [known, fresh] = [{ ...cell('1', 'a', { x: 'pass' }), durationMs: 80_000 }, cell('2', 'a')] as const
  const toBuild = [{ kind: 'kernel' as const }, { kind: 'keepalived' as const }]
  const built = [30_000, 40_000, 50_000].map((durationMs) => ({ kind: 'kernel' as const, durationMs }))
  const input = { work: night([]), claimsMs: 25_000, toBuild, built }
  const by = estimate([known, fresh], { ...input, history: historyOf(night([known])) })
  t.match(by, { from: 'earlier nights', totalMs: 160_000, imagesMs: 40_000 })
  t.match(estimate([known, fresh], { ...input, history: historyOf() }), {
    from: 'earlier runs of the claims',
    totalMs: 50_000,
  })
  const elsewise = estimate([known], {
    ...input,
    work: { selection: ['000-1'], repeat: 1 },
    history: historyOf(night([known])),
  })
  t.match(elsewise, { from: 'earlier runs of the claims', totalMs: 25_000 }, 'a night of other claims tells nothing')
  const nobody = estimate([fresh], { ...input, claimsMs: undefined, history: historyOf() })
  t.match(nobody, { from: 'nothing', totalMs: 0 })
})
