import t from 'tap'
import { readOffers } from '../../../src/image/suite-index.ts'
import { cellsOf, inOrder, keepalivedValue, kernelValue, shardOf } from '../../../src/matrix/plan.ts'
import { cell, night } from './sample-night.ts'

const bookworm = readOffers(
  'bookworm',
  `keepalived 1:2.2.7-1+b2 bookworm
linux-image-cloud-amd64 6.1.192-2 bookworm-security
linux-image-6.1.0-56-cloud-amd64 6.1.192-2 bookworm-security
linux-image-6.12.117+deb12-cloud-amd64 6.12.117-1~deb12u1 bookworm-security`,
)
const value = (name: string) => ({ wish: name, name })

void t.test('a suite stands for what it has today, and its usual kernel is not the newest', async (t) => {
  t.same(kernelValue('bookworm', bookworm), { wish: 'linux-image-6.1.0-56-cloud-amd64', name: '6.1.0-56' })
  t.same(keepalivedValue('bookworm', bookworm), { wish: '1:2.2.7-1+b2', name: '2.2.7-1+b2' })
  t.same(kernelValue('./linux/bzImage', undefined), { wish: './linux/bzImage', name: 'bzImage' })
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

void t.test('what failed comes first, then what is new, then what takes least', async (t) => {
  const [red, slow, quick, fresh] = [
    cell('1', 'a', { x: 'fail' }),
    { ...cell('2', 'a', { x: 'pass' }), durationMs: 90_000 },
    cell('3', 'a', { x: 'pass' }),
    cell('4', 'a'),
  ] as const
  const order = inOrder([slow, quick, fresh, red], night([red, slow, quick]))
  t.same(
    order.map(({ kernelName }) => kernelName),
    ['1', '4', '3', '2'],
  )
})

void t.test('shards have every cell once, and about as much to do', async (t) => {
  const cells = Array.from({ length: 11 }, (_, n) => ({ ...cell(String(n), 'a'), durationMs: 10_000 * (n + 1) }))
  const before = night(cells)
  for (const count of [1, 2, 3, 4]) {
    const parts = Array.from({ length: count }, (_, n) => shardOf(cells, { index: n + 1, count }, before))
    t.same(
      parts
        .flat()
        .map(({ id }) => id)
        .sort(),
      cells.map(({ id }) => id).sort(),
      `${count} parts`,
    )
    const sums = parts.map((part) => part.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0))
    t.ok(Math.max(...sums) - Math.min(...sums) <= 110_000, sums.join())
  }
  const alone = shardOf(cells, { index: 1, count: 2 }, undefined)
  t.ok(alone.length === 5 || alone.length === 6, 'without a night before all count the same')
})
