import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import t from 'tap'
import { compareFiles } from '../../../src/cli/compare-files.ts'
import { compareBenches, renderCompareText, type Comparison } from '../../../src/report/index.ts'
import { sampleBench as wholeBench, type SampleBench } from './sample-bench.ts'
import type { BenchRecord } from '../../../src/run/bench/record.ts'
import { sampleRun } from './sample-run.ts'

// Hundreds of comparisons, on a machine that may have other things to do.
t.setTimeout(0)

/** The sections that are measured often enough to be told apart; the others only take time. */
function sampleBench(options: SampleBench = {}): BenchRecord {
  const whole = wholeBench(options)
  const figures = whole.figures.filter(({ section }) =>
    ['forwarding', 'servers', 'failover', 'health'].includes(section),
  )
  return { ...whole, figures }
}

const names = ({ figures }: Comparison): string[] => figures.changed.map(({ id, name }) => `${id} ${name}`).toSorted()

void t.test('two suites of the same: no difference', async (t) => {
  const different = Array.from({ length: 10 }, (_, n) => {
    const [a, b] = [sampleBench({ seed: 2 * n + 1 }), sampleBench({ seed: 2 * n + 2 })]
    return compareBenches(a, b).different
  })
  // The rank tests alone allow one in twenty, and the floors fewer.
  t.ok(different.filter(Boolean).length <= 1, `${different.filter(Boolean).length} of 10 named something`)
  const text = renderCompareText(compareBenches(sampleBench(), sampleBench({ seed: 2 })), { color: false, width: 100 })
  t.match(text, /no difference/)
  t.match(text, /variants? up to 20 times/)
  t.match(text, /own web server changed by from A to B/)
})

void t.test('a server that answers later shows in its own figures, and only there', async (t) => {
  const late: SampleBench['change'] = ({ section, variant, name }, value) =>
    section === 'servers' && variant !== 'NAT' && variant !== 'the client itself' && name.endsWith('by web-1')
      ? value + 20
      : value
  const impaired = sampleBench({ id: 'bench-b', seed: 2, change: late, impairments: ['web-1:eth0:delay=5ms'] })
  const comparison = compareBenches(sampleBench(), impaired)
  t.strictSame(
    names(comparison),
    ['DR again', 'DR', 'TUN', 'no director'].map((variant) => `servers, ${variant}: fresh request answered by web-1`),
  )
  t.ok(comparison.worse)
  t.strictSame(comparison.settings, [{ name: 'impaired', a: 'nothing', b: 'web-1:eth0:delay=5ms' }])
})

void t.test('a rate that falls is worse, and one that rises better', async (t) => {
  const slower: SampleBench['change'] = ({ variant, name }, value) =>
    variant === 'TUN' && (name === 'new connections' || name === 'large download') ? value / 2 : value
  const [a, b] = [sampleBench(), sampleBench({ seed: 2, change: slower })]
  const directions = (comparison: Comparison) => comparison.figures.changed.map(({ direction }) => direction)
  t.strictSame(directions(compareBenches(a, b)), ['worse', 'worse'])
  t.strictSame(directions(compareBenches(b, a)), ['better', 'better'])
})

void t.test('a host that is slower throughout is not a change of the cluster', async (t) => {
  const slower: SampleBench['change'] = ({ name, variant }, value) => {
    if (['power cut', 'cable pull', 'clean stop', 'web service stopped', 'cable pulled'].includes(variant)) return value
    return /^(new|requests with|large)/.test(name) ? value / 1.4 : /^(entries|memory)/.test(name) ? value : value * 1.4
  }
  const comparison = compareBenches(sampleBench(), sampleBench({ seed: 2, change: slower }))
  t.strictSame(
    names(comparison).filter((name) => name.startsWith('forwarding')),
    [],
  )
  t.ok(comparison.figures.belowNoise > 20, `${comparison.figures.belowNoise} differences told as noise`)
})

void t.test('what differs between two suites of noise is no change', async (t) => {
  const shift: SampleBench['change'] = ({ variant, name }, value) =>
    variant === 'TUN' && name === 'new connections' ? value / 2 : value
  const [a, b] = [sampleBench(), sampleBench({ seed: 2, change: shift })]
  const noise = [sampleBench({ seed: 3 }), sampleBench({ seed: 4, change: shift })] as const
  t.strictSame(names(compareBenches(a, b)), ['forwarding, TUN: new connections'])
  t.strictSame(names(compareBenches(a, b, noise)), [])
})

void t.test('unlike records are refused', async (t) => {
  const a = sampleBench()
  const other = { ...a, figures: a.figures.filter(({ section }) => section === 'health'), sections: [] }
  const rest = { ...a, figures: a.figures.filter(({ section }) => section !== 'health') }
  t.throws(() => compareBenches(rest, other), { code: 'LVSLAB_E_COMPARE_UNLIKE', kind: 'usage' })

  const folder = t.testdir({ bench: {}, run: {}, odd: {} })
  await writeFile(join(folder, 'bench', 'bench.json'), JSON.stringify(a))
  await writeFile(join(folder, 'run', 'run.json'), JSON.stringify(sampleRun))
  await writeFile(join(folder, 'odd', 'bench.json'), JSON.stringify({ ...a, figures: [{ name: 'x' }] }))
  const of = (...names: string[]) => {
    const [one = '', two = ''] = names.map((name) => join(folder, name))
    return compareFiles(one, two, { json: true })
  }
  await t.rejects(of('run', 'bench'), {
    code: 'LVSLAB_E_COMPARE_UNLIKE',
    message: 'a run of claims cannot be held against a performance suite',
  })
  await t.rejects(of('bench', 'odd'), { code: 'LVSLAB_E_RUN_INVALID' })
  t.equal(await of('bench', 'bench'), false, 'a suite is the same as itself')
})
