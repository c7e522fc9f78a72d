import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { CableEnds } from '../../../src/run/bench-fabric/cable-ends.ts'
import { difference, estimate, ratio } from '../../../src/run/bench-fabric/estimate.ts'
import { noiseOf } from '../../../src/run/bench-fabric/result.ts'
import { openVariant, VARIANTS } from '../../../src/run/bench-fabric/variants.ts'
import { CELLS, type Sample } from '../../../src/run/bench-fabric/cells.ts'

const flow = { frames: 1000, bytes: 512, bothWays: true, window: 256 }

void t.test('an estimate is the median, within its interval, and the same each time', async (t) => {
  const values = [10, 12, 11, 13, 40, 11, 12]
  const { median, low, high } = estimate(values)
  t.equal(median, 12)
  t.ok(low >= 10 && low <= median && high >= median && high <= 40, `${low}..${high}`)
  t.same(estimate(values), { median, low, high })
  t.same(estimate([5, 5, 5]), { median: 5, low: 5, high: 5 })
})

void t.test('networks are compared round by round, so that what strikes both cancels out', async (t) => {
  t.same(difference([110, 510, 1010], [100, 500, 1000]), { median: 10, low: 10, high: 10 })
  t.same(ratio([110, 550], [100, 500]), { median: 1.1, low: 1.1, high: 1.1 })
})

void t.test('the noise is what a network differs from itself by', async (t) => {
  const samplesOf = (factor: number) =>
    new Map(
      CELLS.map(({ id }) => [
        id,
        [100, 200, 300].map((value): Sample => ({ 'frames/s': value * factor, p50: factor })),
      ]),
    )
  const samples = new Map([
    ['fabric', samplesOf(1)],
    ['fabric-again', samplesOf(1.5)],
  ])
  const { flow, roundTripUs } = noiseOf({ samples, rounds: 3, variants: [], leftOut: [], lost: 0 })
  t.equal(flow, 0.5)
  t.equal(roundTripUs, 0.5)
})

for (const variant of VARIANTS.filter(({ id }) => ['none', 'fabric-capture', 'fabric-8-hub'].includes(id))) {
  void t.test(`frames go and come: ${variant.label}`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'lvslab-bench-'))
    t.teardown(() => rm(directory, { recursive: true, force: true }))
    await using network = await openVariant(variant, directory)
    const hub = variant.network === 'hub'
    const { ms, frames } = await network.ends.flow({ ...flow, hub })
    t.equal(frames, 2000, 'both ways')
    t.ok(ms > 0)
    const { us } = await network.ends.ping({ frames: 20, bytes: 64, hub })
    t.equal(us.length, 20)
    t.ok(us.every((value) => value > 0))
    t.equal(await network.lost(), 0)
  })
}

void t.test('a bridge of the kernel forwards too, where the host allows one', async (t) => {
  const bridge = await CableEnds.open({ kind: 'bridge', network: 'hub', ports: 3 }).catch((error: unknown) => error)
  if (!(bridge instanceof CableEnds)) {
    t.match(bridge, { code: 'LVSLAB_E_BENCH' })
    return void t.pass('no bridge here', { skip: String((bridge as { seen?: string }).seen) })
  }
  using ends = bridge
  t.equal((await ends.flow({ ...flow, hub: true })).frames, 2000)
  t.equal((await ends.ping({ frames: 20, bytes: 64, hub: true })).us.length, 20)
})

void t.test('ends that cannot be opened say what failed', async (t) => {
  await t.rejects(CableEnds.open({ kind: 'unix', paths: ['/nowhere/0.sock'] }), {
    code: 'LVSLAB_E_BENCH',
    seen: /connect \/nowhere\/0\.sock: No such file/,
  })
})
