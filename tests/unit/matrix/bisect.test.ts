import t from 'tap'
import { readOffers } from '../../../src/image/suite-index.ts'
import { bisect, type Tally } from '../../../src/matrix/bisect.ts'
import { tellBisect } from '../../../src/matrix/run-bisect.ts'
import { versionsBetween } from '../../../src/matrix/range.ts'

const versions = (count: number) => Array.from({ length: count }, (_, n) => ({ wish: `v${n}`, name: `v${n}` }))
const number = (wish: string): number => Number(wish.slice(1))

/** Three tries of each; bad from `first` on, now and then where `flaky`. */
const prover =
  (first: number, { flaky = false, lost = [] as number[] } = {}) =>
  async ({ wish }: { wish: string }): Promise<Tally> => {
    const n = number(wish)
    if (lost.includes(n)) return { pass: 0, fail: 0, neither: 3 }
    if (n < first) return { pass: 3, fail: 0, neither: 0 }
    return flaky ? { pass: 2, fail: 1, neither: 0 } : { pass: 0, fail: 3, neither: 0 }
  }

void t.test('the first bad one is found, wherever it is, in few steps', async (t) => {
  for (const count of [2, 3, 10, 33]) {
    for (let first = 1; first < count; first++) {
      const result = await bisect(versions(count), prover(first))
      const { always, tried } = result
      t.match(result, { change: 'break', firstBad: { wish: `v${first}` }, lastGood: { wish: `v${first - 1}` } })
      t.ok(always)
      t.ok(tried.length <= 3 + Math.ceil(Math.log2(count)), `${tried.length} of ${count} tried`)
    }
  }
})

void t.test('where the oldest is bad and the newest good, the first that is mended is found', async (t) => {
  const mended =
    (first: number, lost: number[] = []) =>
    async ({ wish }: { wish: string }): Promise<Tally> => {
      if (lost.includes(number(wish))) return { pass: 0, fail: 0, neither: 3 }
      return number(wish) < first ? { pass: 1, fail: 2, neither: 0 } : { pass: 3, fail: 0, neither: 0 }
    }
  for (let first = 1; first < 10; first++) {
    const result = await bisect(versions(10), mended(first))
    t.match(result, {
      change: 'fix',
      firstGood: { wish: `v${first}` },
      lastBad: { wish: `v${first - 1}` },
      always: false,
    })
  }
  const beside = await bisect(versions(9), mended(5, [5]))
  t.match(beside, { firstGood: { wish: 'v6' }, lastBad: { wish: 'v4' }, skipped: [{ wish: 'v5' }] })
})

void t.test('a flake that came with a version is found, and told from a fact', async (t) => {
  t.match(await bisect(versions(9), prover(4, { flaky: true })), { firstBad: { wish: 'v4' }, always: false })
})

void t.test('a version without a result is left out, and named where it matters', async (t) => {
  const beside = await bisect(versions(9), prover(5, { lost: [4] }))
  t.match(beside, { firstBad: { wish: 'v5' }, lastGood: { wish: 'v3' } })
  t.same(
    beside.skipped.map(({ wish }) => wish),
    ['v4'],
  )
  const far = await bisect(versions(9), prover(7, { lost: [4] }))
  t.same(far.skipped, [])
})

void t.test('ends that are alike, or without a result, are refused', async (t) => {
  const code = 'LVSLAB_E_BISECT_ENDS'
  await t.rejects(bisect(versions(5), prover(0)), { code, message: 'neither v0 nor v4 is good' })
  await t.rejects(bisect(versions(5), prover(9)), { code, message: 'neither v0 nor v4 is bad' })
  await t.rejects(bisect(versions(5), prover(3, { lost: [0] })), { code, message: 'v0 is neither good nor bad' })
  await t.rejects(bisect(versions(5), prover(3, { lost: [4] })), { code, message: 'neither v0 nor v4 is bad' })
  await t.rejects(bisect(versions(1), prover(0)), { code: 'LVSLAB_E_BISECT_ENDS' })
})

void t.test('what was found is told with the reason of a failure', async (t) => {
  const options = { axis: 'keepalived', claim: 'reg-1' } as const
  const prove =
    (bad: number) =>
    async ({ wish }: { wish: string }): Promise<Tally> =>
      number(wish) === bad
        ? { pass: 1, fail: 2, neither: 0, reason: 'the checker died\n  twice' }
        : { pass: 3, fail: 0, neither: 0 }
  t.match(
    tellBisect(options, await bisect(versions(2), prove(1))),
    /v1: 1 × pass, 2 × fail\nreg-1 holds with keepalived v0 and fails with v1, now and then\.\nWith v1: the checker died twice$/,
  )
  t.match(
    tellBisect(options, await bisect(versions(2), prove(0))),
    /\nreg-1 fails with keepalived v0, now and then, and holds with v1\.\nWith v0: the checker died twice$/,
  )
})

void t.test('a range of versions out of several suites', async (t) => {
  const indexes = [
    readOffers(
      'bookworm',
      'keepalived 1:2.2.7-1+b2 bookworm\nlinux-image-6.1.0-9-cloud-amd64 6.1.27-1 bookworm\nlinux-image-6.1.0-56-cloud-amd64 6.1.192-2 bookworm',
    ),
    readOffers('bullseye', 'keepalived 1:2.1.5-0.2 bullseye\nlinux-image-5.10.0-46-cloud-amd64 5.10.262-1 bullseye'),
    readOffers('trixie', 'keepalived 1:2.3.3-1 trixie\nlinux-image-6.12.107+deb13-cloud-amd64 6.12.107-1 trixie'),
  ]
  const names = (range: string) => versionsBetween('kernel', range, indexes).map(({ name }) => name)
  t.same(names('5.10..6.12'), ['5.10.0-46', '6.1.0-9', '6.1.0-56', '6.12.107+deb13'])
  t.same(names('6.1..6.1'), ['6.1.0-9', '6.1.0-56'])
  t.same(
    versionsBetween('keepalived', '2.1.5..2.3.3', indexes).map(({ wish }) => wish),
    ['1:2.1.5-0.2', '1:2.2.7-1+b2', '1:2.3.3-1'],
  )
  t.throws(() => names('6.12..5.10'), { code: 'LVSLAB_E_RANGE', message: '6.12 is newer than 5.10' })
  t.throws(() => names('4.19..6.1'), { code: 'LVSLAB_E_RANGE', seen: /5\.10\.0-46/ })
  t.throws(() => names('6.1'), { code: 'LVSLAB_E_RANGE' })
})
